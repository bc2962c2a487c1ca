import type { Policy } from '@headgate/core-ts';
import { Redis } from 'ioredis';
import { recognise } from '../../../src/redis/client/recognise.js';
import { RedisEngine } from '../../../src/redis/engine/redis-engine.js';
import { readRedisOptions } from '../../../src/redis/engine/redis-options.js';

const client = recognise(new Redis(Number(process.env.HEADGATE_TEST_REDIS_PORT)));
/** Of this module alone, whatever others left on the server. */
const own = Math.random().toString(36).slice(2);
let made = 0;

type Now = (() => number) | undefined;

/** What the laws are tried on, in a thread of its own: each engine has keys of its own, and time by the law's clock. */
export function createEngine(policies: readonly Policy[], now: Now): RedisEngine {
  return engineOf(policies, now, false);
}

/** The same where the short script decides nothing. */
export function createLongEngine(policies: readonly Policy[], now: Now): RedisEngine {
  return engineOf(policies, now, true);
}

function engineOf(policies: readonly Policy[], now: Now, onlyLong: boolean): RedisEngine {
  const options = readRedisOptions({
    prefix: `${own}:${++made}:`,
    deadlineMs: 60_000, // against a server that hangs: no law is about that
    onOutage: 'throw',
    rememberDenialsMs: 0, // by the real clock, which is not the law's
  });
  return new RedisEngine(policies, client, options, now === undefined ? { onlyLong } : { now, onlyLong });
}
