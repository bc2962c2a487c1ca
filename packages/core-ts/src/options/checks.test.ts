import { describe, expect, it } from 'vitest';
import { refuseUnknown } from './checks.js';

const MANY = ['limit', 'windowMs', 'windowSeconds', 'burst', 'track', 'clock', 'shared', 'maxKeys', 'onFull'];

function told(name: string, known: readonly string[]): string {
  try {
    refuseUnknown({ [name]: 5 }, known);
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing';
}

describe('an option that there is none of', () => {
  it('is told by its name and value, and by where it is', () => {
    expect(told('foo', ['bar'])).toBe('unknown option "foo", with the value 5: the options are bar');
    expect(() => refuseUnknown({ foo: 'x' }, ['bar'], 'limits[0].')).toThrow(
      'unknown option limits[0]."foo", with the value "x"',
    );
    expect(told('bar', ['bar'])).toBe('nothing');
  });

  it('is told by what it is called here, where that is one of the options', () => {
    expect(told('max', MANY)).toMatch(/: here it is called limit$/);
    expect(told('duration', MANY)).toMatch(/: here it is called windowSeconds or windowMs$/);
    expect(told('keyGenerator', ['key', 'limit'])).toMatch(/: here it is called key$/);
    expect(told('keyGenerator', MANY)).not.toContain('called');
    expect(told('constructor', MANY)).not.toContain('called');
  });

  it('is taken for the one that is two letters away at the most, in whatever case', () => {
    for (const typo of ['WINDOWMS', 'windowM', 'wnidowMs', 'window_Ms'])
      expect(told(typo, MANY)).toMatch(/: did you mean windowMs\?$/);
    expect(told('limts', MANY)).toMatch(/: did you mean limit\?$/);
  });

  it('is told with three at the most, where there are many', () => {
    expect(told('sharedThings', MANY)).toMatch(/: the nearest options are \w+, \w+, \w+$/);
    expect(told('x'.repeat(10_000), MANY).length).toBeLessThan(250);
  });
});
