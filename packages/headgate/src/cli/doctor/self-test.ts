import { Model } from '@headgate/conformance/model';
import { type Decision, ManualClock, type PolicyOptions, readOptions } from '@headgate/core-ts';
import { RateLimiter } from '../../index.js';
import type { Finding } from './finding.js';

/** So long each engine is tried at the most. */
const TRIED_MS = 100;
const STEPS = 200;
const KEYS = ['a', 'b', 'ключ', ''];

const LIMITS: readonly (readonly PolicyOptions[])[] = [
  [{ limit: 5, windowMs: 1000 }],
  [{ limit: 7, windowMs: 999, algorithm: 'sliding-window' }],
  [{ limit: 3, windowMs: 1000, algorithm: 'token-bucket', burst: 6 }],
  [{ limit: 4, windowMs: 700, blockForMs: 1500 }],
  [
    { name: 'short', limit: 3, windowMs: 200, algorithm: 'token-bucket' },
    { name: 'long', limit: 20, windowMs: 60_000, algorithm: 'sliding-window', blockForMs: 5000 },
  ],
];

/** Plays random calls on an engine and on the model, which says what the laws demand, and compares each answer. */
export function selfTest(backend: 'native' | 'ts', seed = Date.now()): Finding {
  const random = randomFrom(seed);
  const untilMs = performance.now() + TRIED_MS;
  let decisions = 0;
  try {
    do {
      for (const limits of LIMITS) decisions += play(backend, limits, random);
    } while (performance.now() < untilMs);
  } catch (error) {
    return {
      about: 'self test',
      state: 'broken',
      found: `${backend} breaks the laws: ${(error as Error).message} (seed ${seed})`,
      advice: 'Please report this, with all that this command has printed.',
    };
  }
  return {
    about: 'self test',
    state: 'ok',
    found: `${backend} keeps the laws in ${decisions.toLocaleString('en-US')} random calls`,
  };
}

/** Answers how many calls there were. @throws Error for the first that differs. */
function play(backend: 'native' | 'ts', limits: readonly PolicyOptions[], random: () => number): number {
  const clock = new ManualClock(1_000_000);
  const limiter = new RateLimiter({ limits: limits.map((each) => ({ name: 'only', ...each })), clock, backend });
  const { policies } = readOptions({ limits: limits.map((each) => ({ name: 'only', ...each })) });
  const model = new Model(policies, clock);
  for (let step = 1; step <= STEPS; step++) {
    clock.advance(Math.floor(random() ** 4 * 1200));
    const key = KEYS[Math.floor(random() * KEYS.length)] as string;
    const cost = Math.floor(random() * 3);
    const kind = random();
    const call = kind < 0.7 ? 'check' : kind < 0.9 ? 'peek' : kind < 0.97 ? 'block' : 'reset';
    const [ours, wanted] = [answer(limiter, call, key, cost), answer(model, call, key, cost)];
    if (ours !== wanted)
      throw new Error(
        `call ${step}, ${call}(${JSON.stringify(key)}, ${cost}), answers ${ours} in the place of ${wanted}`,
      );
  }
  return STEPS;
}

interface Calls {
  check(key: string, cost: number): Decision;
  peek(key: string, cost: number): Decision;
  block(key: string, ms: number): boolean;
  reset(key: string): boolean;
}

function answer(limiter: Calls, call: keyof Calls, key: string, cost: number): string {
  if (call === 'reset') return String(limiter.reset(key));
  if (call === 'block') return String(limiter.block(key, 1 + cost * 300));
  const { allowed, policy, remaining, resetAfterMs, retryAfterMs, policies } = limiter[call](key, cost);
  return JSON.stringify({ allowed, policy, remaining, resetAfterMs, retryAfterMs, policies });
}

/** mulberry32, so that a seed is enough to play it again. */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
