import { afterAll, describe, expect, it } from 'vitest';
import { remote } from './remote.js';

/** An engine that wakes whoever waits, and only then answers: so does the notice of the answer before, when it comes late. */
const LATE = `
import { workerData } from 'node:worker_threads';
export async function create() {
  return {
    async allow(key) {
      for (let turn = 0; turn < 20; turn++) {
        Atomics.notify(new Int32Array(workerData.flag), 0);
        await new Promise((done) => setImmediate(done));
      }
      if (key === 'throws') throw new RangeError('no such key');
      return key === 'yes';
    },
  };
}`;

describe('an engine that answers promises, called as one that does not', () => {
  const line = remote({ module: `data:text/javascript,${encodeURIComponent(LATE)}`, export: 'create' });
  afterAll(() => line.end());
  const engine = line.createEngine({ policies: [], clock: undefined, shared: undefined, maxKeys: 1, onFull: 'deny' });

  it('waits for its answer, whatever wakes it before', () => {
    for (let round = 0; round < 50; round++) {
      expect(engine.allow('yes', 1)).toBe(true);
      expect(engine.allow('no', 1)).toBe(false);
    }
  });

  it('throws what the engine threw, and answers the next call', () => {
    expect(() => engine.allow('throws', 1)).toThrow('no such key');
    expect(engine.allow('yes', 1)).toBe(true);
  });
});
