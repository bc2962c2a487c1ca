import { expect } from 'vitest';
import { PATIENT, type Scene } from './scene.js';

/** `CLUSTER KEYSLOT` of known keys, from the cluster specification and a server: 123456789 is the specification's own. */
const KNOWN = { '123456789': 12739, foo: 12182, hello: 866, somekey: 11058 };

/** What goes to a cluster is in one slot, whatever the keys of users are. */
export async function slots({ subject }: Scene): Promise<void> {
  for (const [key, slot] of Object.entries(KNOWN)) expect(subject.slotOf(key), key).toBe(slot);
  const sent: string[][] = [];
  const note = (_: string, count: number, ...rest: string[]) => {
    sent.push(rest.slice(0, count));
    return Promise.reject(new Error('only noted'));
  };
  const client = { status: 'ready', isCluster: true, evalsha: note, eval: note };
  const engine = subject.redis(client, { ...PATIENT, prefix: 'p:' });
  const limiter = new subject.RemoteRateLimiter({ limit: 5, windowSeconds: 1, engine });
  const keys = ['a', 'b', '{a}b', '{a}c', '}{', 'x{b', '%7ba%7db'];
  await Promise.allSettled(keys.map((key) => limiter.check(key)));
  const named = sent.flatMap((keys) => keys.filter((name) => !name.startsWith('p:!')));
  expect(new Set(named).size).toBe(keys.length);
  for (const name of named) expect(name).not.toMatch(/[{}]/);
  for (const names of sent) {
    const slotsOf = names.map((name) => subject.slotOf(/\{(.+?)\}/.exec(name)?.[1] ?? name));
    expect(new Set(slotsOf).size, names.join(' ')).toBe(1);
  }
}
