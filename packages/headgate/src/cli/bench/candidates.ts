import { backends, RateLimiter } from '../../index.js';
import type { Candidate } from './measure.js';

/** So that each call is let through: what servers do most of the time. */
const LIMIT = 1_000_000_000;
const WINDOW_MS = 60_000;

/** What no limiter in JavaScript can do without: a Map, the clock, a count. */
const floor: Candidate = {
  name: 'Map',
  make(keyOf) {
    const entries = new Map<string, { startMs: number; count: number }>();
    return () => {
      const [key, nowMs] = [keyOf(), Date.now()];
      const entry = entries.get(key);
      if (entry === undefined) {
        entries.set(key, { startMs: nowMs, count: 1 });
        return true;
      }
      if (nowMs - entry.startMs >= WINDOW_MS) {
        entry.startMs = nowMs;
        entry.count = 0;
      }
      return ++entry.count <= LIMIT;
    };
  },
};

/** The floor, and each engine that runs here. */
export function candidates(): Candidate[] {
  const engines = backends().filter(({ available }) => available);
  return [floor, ...engines.map(({ name }) => engine(name))];
}

function engine(backend: 'native' | 'ts'): Candidate {
  return {
    name: `headgate, ${backend === 'ts' ? 'TypeScript' : backend}`,
    make(keyOf) {
      const limiter = new RateLimiter({ limit: LIMIT, windowMs: WINDOW_MS, backend });
      return () => limiter.allow(keyOf());
    },
  };
}
