import { afterEach, expect, it, vi } from 'vitest';
import { readSettings, type VerifyOptions } from './options.js';

afterEach(() => vi.unstubAllEnvs());

it.each<[why: string, options: unknown, error: typeof Error, message: string]>([
  ['an empty reason', { skip: { 11: '' } }, RangeError, `law 11 can't be skipped without a reason, got ""`],
  ['a blank reason', { skip: { 11: ' ' } }, RangeError, `law 11 can't be skipped without a reason, got " "`],
  ['no reason', { skip: { 11: undefined } }, TypeError, 'the reason to skip law 11 must be a string, got undefined'],
  ['a law that is not here', { skip: { 29: 'why' } }, RangeError, 'there is no law 29 here'],
  ['a law that never was', { skip: { speed: 'why' } }, RangeError, 'there is no law NaN here'],
  ['an unknown law to run', { only: [0] }, RangeError, 'there is no law 0 here'],
  ['no runs', { runs: 0 }, RangeError, 'runs must be a whole number from 1 to 1000000000, got 0'],
  ['a fractional seed', { seed: 0.5 }, RangeError, 'seed must be a whole number'],
  ['a path without its seed', { only: [1], path: '0' }, TypeError, 'path "0" needs the seed'],
  ['a path for all laws', { seed: 1, path: '0' }, TypeError, 'path "0" needs the seed'],
])('%s is an error that prints it', (_why, options, error, message) => {
  const read = () => readSettings(options as VerifyOptions);
  expect(read).toThrow(error);
  expect(read).toThrow(message);
});

it('the environment gives runs and seed, and an option wins over it', () => {
  vi.stubEnv('HEADGATE_RUNS', '7');
  vi.stubEnv('HEADGATE_SEED', '-42');
  expect(readSettings()).toMatchObject({ runs: 7, seed: -42 });
  expect(readSettings({ runs: 8, seed: 9 })).toMatchObject({ runs: 8, seed: 9 });
});

it('an environment that is no number is an error, not a default', () => {
  vi.stubEnv('HEADGATE_RUNS', 'many');
  expect(() => readSettings()).toThrow('runs must be a whole number from 1 to 1000000000, got NaN');
});

it('all laws run by default, in the order of the page', () => {
  const numbers = readSettings().laws.map(({ number }) => number);
  expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]);
});
