import { ENGINES } from '../../candidates/index.mjs';
import { buildKey } from '../../keys.mjs';
import { ROOMY } from '../../policies.mjs';

const KEYS = 17_000_000;

export const question = {
  title: '17 million keys',
  note: 'How many of them are not held in the end. A JavaScript Map throws at 16,777,216; @fastify/rate-limit forgets those used least recently. The peers that are left out would need more memory than this machine has, or are a Map as well.',
  full: {
    processes: 1,
    peerProcesses: 1,
    rounds: 1,
    anyCore: true,
    alone: true,
    flags: ['--max-old-space-size=18000'],
  },
  quick: { processes: 0 },
  candidates: [...ENGINES, 'flexible', 'express', 'fastify2m', 'hono'],
  metrics: [{ name: 'lost', title: 'keys lost of 17M', unit: 'keys', judged: 'value', targets: { ts: 0, native: 0 } }],
  prepare(make) {
    return async () => {
      const limiter = make(ROOMY);
      for (let id = 0; id < KEYS; id++) {
        try {
          const allowed = limiter.allow(buildKey(id));
          if (limiter.isAsync) await allowed;
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          break; // it is full for good
        }
      }
      return { lost: KEYS - limiter.stats().activeKeys };
    };
  },
};
