import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { type EngineSpec, ManualClock, type Policy, RateLimiter, type RateLimiterOptions } from '@headgate/core-ts';
import { describe, expect, it } from 'vitest';
import { createNativeEngine, nativeStatus } from '../js/index.js';

const status = nativeStatus();
const why = status.available ? '' : ' (skipped: no native binary runs here)';
const title = `the native engine${why}`;

const collectGarbage = exposeGc();

function limiter(options: RateLimiterOptions): RateLimiter {
  return new RateLimiter(options, createNativeEngine);
}

describe.skipIf(!status.available)(title, () => {
  it('is exact at the largest limit and the longest window, in either layout', () => {
    const windowMs = 3_653 * 86_400_000;
    for (const limit of [1, 1_023, 1_024, 2 ** 24 - 1, 2 ** 24, Number.MAX_SAFE_INTEGER]) {
      const clock = new ManualClock(1_763_913_600_000);
      for (const held of [limiter({ limit, windowMs, clock }), limiter({ limit, windowMs })]) {
        expect(held.check('k', limit - 1).remaining).toBe(1);
        expect(held.check('k', 2)).toMatchObject({ allowed: false, remaining: 1 });
        expect(held.check('k', 1)).toMatchObject({ allowed: true, remaining: 0 });
        expect(held.allow('k')).toBe(false);
      }
    }
  });

  it('tells long keys apart at their last unit, around the size of its buffer', () => {
    const held = limiter({ limit: 1, windowSeconds: 60 });
    for (const length of [253, 254, 255, 256, 257, 10_000]) {
      const stem = 'k'.repeat(length - 1);
      expect([held.allow(`${stem}a`), held.allow(`${stem}b`), held.allow(`${stem}a`)]).toEqual([true, true, false]);
    }
  });

  it('decides by its own clock to the millisecond', () => {
    const held = limiter({ limit: 1, windowMs: 1 });
    expect(held.check('k').allowed).toBe(true);
    let decision = held.check('k');
    for (let calls = 0; !decision.allowed && calls < 1_000_000; calls++) {
      expect([decision.retryAfterMs, decision.resetAfterMs]).toEqual([1, 1]);
      decision = held.check('k');
    }
    expect(decision).toMatchObject({ allowed: true, resetAfterMs: 1 });
  });

  it('reclaims by the calls that come in, on denied and allowed ones alike', () => {
    const clock = new ManualClock();
    const held = limiter({ limit: 1, windowMs: 100, clock });
    for (let key = 0; key < 10_000; key++) held.allow(`key ${key}`);
    clock.advance(200);
    for (let call = 0; call < 10_000; call++) held.allow('one key');
    expect(held.stats().activeKeys).toBe(1);
  });
});

describe.skipIf(!status.available)(`the native engine, shared by name${why}`, () => {
  const policy = { limit: 10, windowSeconds: 3600 };

  it('is one set of counters and statistics', () => {
    const [a, b] = [limiter({ ...policy, shared: 'one set' }), limiter({ ...policy, shared: 'one set' })];
    a.allow('k', 4);
    expect(b.check('k', 7)).toMatchObject({ allowed: false, remaining: 6 });
    expect(a.stats()).toMatchObject({ allowed: 1, blocked: 1, totalChecks: 2, activeKeys: 1 });
    b.clear();
    expect(a.remaining('k')).toBe(10);
  });

  it('shares nothing without a name, or under another', () => {
    limiter({ ...policy, shared: 'a name' }).allow('k', 10);
    expect(limiter({ ...policy, shared: 'a name ' }).allow('k', 10)).toBe(true);
    expect(limiter(policy).allow('k', 10)).toBe(true);
    expect(limiter({ ...policy, shared: 'lone \ud800' }).allow('k', 10)).toBe(true);
    expect(limiter({ ...policy, shared: 'lone \ud801' }).allow('k', 10)).toBe(true);
  });

  it('refuses another policy or another kind of clock, and says both', () => {
    const held = limiter({ ...policy, shared: 'refusing' });
    held.allow('k', 3);
    expect(() => limiter({ ...policy, limit: 11, shared: 'refusing' })).toThrow(
      new RangeError(
        'shared: "refusing" has the policy (fixed-window, limit 10, windowMs 3600000, burst 10, blockForMs 0) already, got (fixed-window, limit 11, windowMs 3600000, burst 11, blockForMs 0)',
      ),
    );
    expect(() => limiter({ ...policy, clock: new ManualClock(), shared: 'refusing' })).toThrow(RangeError);
    expect(held.remaining('k')).toBe(7);
  });

  it.each(['ends', 'is terminated'])('keeps what was used for who comes after a worker that %s', async (how) => {
    const [kept, left] = [`kept by main, ${how}`, `left by a worker that ${how}`];
    const here = limiter({ ...policy, shared: kept });
    for (const admitted of [6, 4, 0, 0]) {
      const take = `let admitted = 0;
        for (let i = 0; i < 6; i++) for (const engine of engines) admitted += engine.allow("k", 1);
        post(admitted / 2);`;
      expect(await inWorker([kept, left], take, { endsItself: how === 'ends' })).toBe(admitted);
    }
    expect(here.stats()).toMatchObject({ allowed: 10, blocked: 14 });
    expect(limiter({ ...policy, shared: left }).stats()).toMatchObject({ allowed: 10, blocked: 14 });
  });

  it('keeps what was used after a worker that nobody was beside, terminated in the middle of its calls', async () => {
    const shared = 'left in the middle';
    await inWorker([shared], 'for (let i = 1; ; i++) { engines[0].allow("k", 1); if (i === 1_000) post("at it"); }');
    expect(await inWorker([shared], 'post(engines[0].allow("k", 1))')).toBe(false);
  });

  it('goes on with other numbers once nobody holds it', async () => {
    const shared = 'other numbers';
    hold({ ...policy, shared }, 8);
    const more = await eventually(() => limiter({ ...policy, limit: 11, shared }));
    expect(more.policy.limit).toBe(11);
    expect(more.check('k', 4)).toMatchObject({ allowed: false, remaining: 3 });
    expect(() => limiter({ ...policy, shared })).toThrow(RangeError);
  });

  it('is made anew for a limiter of another kind once nobody holds it', async () => {
    const others = [{ algorithm: 'sliding-window' }, { maxKeys: 9 }, { onFull: 'admit' }, { clock: new ManualClock() }];
    for (const [i, other] of others.entries()) {
      const shared = `another kind ${i}`;
      hold({ ...policy, shared }, 10);
      const anew = await eventually(() => limiter({ ...policy, ...(other as object), shared }));
      expect(anew.allow('k', 10)).toBe(true);
    }
  });

  it('has other statistics once nobody holds it and nothing in it is live', async () => {
    const shared = 'nothing live';
    const clock = new ManualClock();
    hold({ ...policy, clock, shared }, 0);
    await eventually(() => expect(limiter({ ...policy, clock, shared }).stats().totalChecks).toBe(0));
  });

  it('writes a snapshot of one moment, in one pass, while another thread updates', async () => {
    const [keys, rounds] = [50, 200];
    const updates = new Int32Array(new SharedArrayBuffer(4));
    let [reads, onRead] = [0, () => {}];
    const clock = {
      now() {
        reads++;
        onRead();
        return 0;
      },
    };
    const here = limiter({ ...policy, shared: 'updated meanwhile', clock });
    for (let i = 0; i < keys; i++) here.allow(`key ${i}`);
    // To other numbers and back, so that those before and after a snapshot may be the same.
    const code = `const { updates, policy } = workerData;
      const spec = { clock: { now: () => 0 }, shared: 'updated meanwhile', maxKeys: 1_000_000, onFull: 'deny' };
      const engine = createNativeEngine({ ...spec, policies: [policy] });
      for (let limit = 10; ; limit = 21 - limit) {
        engine.update([{ ...policy, limit, burst: limit }]);
        if (Atomics.add(updates, 0, 1) === 0) post('at it');
        Atomics.notify(updates, 0);
      }`;
    const data = { updates, policy: here.policy };
    const meanwhile = () => {
      onRead = () => {
        expect(reads, 'looks at the clock of one snapshot').toBe(1);
        const updated = Atomics.wait(updates, 0, Atomics.load(updates, 0), 600_000);
        expect(updated, 'the other thread updates no more').not.toBe('timed-out');
      };
      for (let round = 0; round < rounds; round++) {
        reads = 0;
        const bytes = here.snapshot();
        const { limit } = headOf(bytes);
        const restored = limiter({ ...policy, limit });
        restored.restore(bytes);
        expect(restored.peek('key 7', 0)).toMatchObject({ limit, remaining: limit - 1 });
        expect(restored.stats().activeKeys).toBe(keys);
      }
    };
    await inWorker([], code, { data, meanwhile });
  });

  it('survives a worker that ends in the middle of its calls', async () => {
    const shared = 'cut off';
    const here = limiter({ ...policy, shared });
    await inWorker([shared], 'for (let i = 1; ; i++) { engines[0].check("k", 1); if (i === 1_000) post("at it"); }');
    const { allowed } = here.stats();
    expect(allowed).toBe(10);
    expect(here.allow('k')).toBe(false);
    expect(here.allow('another key')).toBe(true);
  });
});

it.skipIf(!status.available)(
  `what a limiter takes is told to the garbage collector, however its keys came in${why}`,
  async () => {
    const program = fileURLToPath(new URL('./let-go.mjs', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [program]);
    const collectedAfter: Record<string, number> = JSON.parse(stdout);
    expect(Object.keys(collectedAfter)).toHaveLength(4);
    for (const [way, limiters] of Object.entries(collectedAfter)) expect(limiters, way).toBeLessThan(100);
  },
);

/** In a function of its own, so that nothing on the stack holds it. */
function hold(options: RateLimiterOptions, units: number): void {
  limiter(options).allow('k', units);
}

/** Collects until it works; finalizers run between turns of the event loop. */
async function eventually<T>(attempt: () => T): Promise<T> {
  for (let turns = 0; ; turns++) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
    try {
      return attempt();
    } catch (error) {
      if (turns === 100) throw error;
    }
  }
}

/** The policy that a snapshot names. */
function headOf(bytes: Uint8Array): Policy {
  const text = Buffer.from(bytes).toString('latin1').replaceAll('\0', '');
  return JSON.parse(/\{.*?\}/.exec(text)?.[0] ?? '');
}

interface WorkerOptions {
  /** For the worker's `workerData`. */
  readonly data?: object;
  /** What is done here once it has sent its message. */
  readonly meanwhile?: () => void;
  /** Whether it is left to end by itself, and not terminated. */
  readonly endsItself?: boolean;
}

/** Runs code on engines of these names in a worker, answers its first message, and waits for its end. */
async function inWorker(
  names: readonly string[],
  code: string,
  { data = {}, meanwhile, endsItself = false }: WorkerOptions = {},
): Promise<unknown> {
  const module = fileURLToPath(new URL('../dist/index.cjs', import.meta.url));
  const specs: EngineSpec[] = names.map((shared) => ({
    policies: [
      { name: 'default', algorithm: 'fixed-window', limit: 10, windowMs: 3_600_000, burst: 10, blockForMs: 0 },
    ],
    clock: undefined,
    shared,
    maxKeys: 1_000_000,
    onFull: 'deny',
  }));
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     const { createNativeEngine } = require(workerData.module);
     const engines = workerData.specs.map(createNativeEngine);
     const post = (message) => parentPort.postMessage(message);
     ${code}`,
    { eval: true, workerData: { ...data, module, specs } },
  );
  const ended = once(worker, 'exit');
  const [message] = await once(worker, 'message');
  try {
    meanwhile?.();
  } finally {
    if (!endsItself) await worker.terminate();
  }
  await ended;
  return message;
}

function exposeGc(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}
