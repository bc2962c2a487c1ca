import { BackendUnavailableError } from '@headgate/core-ts';
import { describe, expect, it } from 'vitest';
import type { Binding, LoadedBinary } from '../js/binding.js';
import { load } from '../js/loader.js';
import { firstLoaded } from '../js/shared-binding.js';
import { version } from '../js/version.js';

const own = { path: '/b/headgate.node', version, own: true };
const { binding } = load();

function bindingAmong(loaded: readonly LoadedBinary[]): Binding {
  return { version: () => version, loaded: () => loaded } as unknown as Binding;
}

describe('the binding of a shared name', () => {
  it('is the own one where that was loaded first, and is not opened again', () => {
    const first = bindingAmong([own, { path: '/a/headgate.node', version: '9.9.9', own: false }]);
    expect(
      firstLoaded(first, () => {
        throw new Error('opened');
      }),
    ).toBe(first);
  });

  it('is unknown where the system does not tell what is loaded', () => {
    expect(firstLoaded(bindingAmong([]))).toBeUndefined();
  });

  it('is refused where another version was loaded first, with both and their paths', () => {
    const second = bindingAmong([{ path: '/a/headgate.node', version: '9.9.9', own: false }, own]);
    const join = () => firstLoaded(second);
    expect(join).toThrow(BackendUnavailableError);
    for (const told of ['9.9.9, loaded first: /a/headgate.node', `${version}: /b/headgate.node`])
      expect(join).toThrow(told);
  });

  it('is refused where the first is no engine after all', () => {
    const second = bindingAmong([{ path: '/a/headgate.node', version, own: false }, own]);
    expect(() => firstLoaded(second, () => 'text')).toThrow('/a/headgate.node, loaded first: it is no headgate engine');
  });

  const isTold = binding !== undefined && process.platform === 'linux';
  const why = isTold ? '' : ' (skipped: no native binary runs here, or the system is not Linux)';
  it.skipIf(!isTold)(`is told by the real one${why}`, () => {
    const mine = binding?.loaded().filter((each) => each.own);
    expect(mine).toEqual([{ path: expect.stringMatching(/headgate\..*\.node$/), version, own: true }]);
  });
});
