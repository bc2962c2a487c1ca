import { expect, it } from 'vitest';
import { bundle, type Fault } from '../setup/bundle.js';
import { serverWithClient, withServers } from '../setup/servers.js';
import { fourProcesses } from './law.js';
import * as subject from './subject.js';
import type { Subject } from './world.js';

const IS_CI = process.env.CI === 'true';
const RUNS = Number(process.env.HEADGATE_REDIS_RUNS ?? (IS_CI ? 400 : 40));

const FAULTS: Record<string, Fault> = {
  'a lease does not end': {
    file: 'leases/lease.ts',
    find: 'nowMs >= this.endsAtMs || ',
    replace: '',
  },
  'its time begins with the answer': {
    file: 'leases/leasing-engine.ts',
    find: 'sentAtMs + usableMs(',
    replace: 'nowMs + usableMs(',
  },
  'one unit more is used': {
    file: 'leases/lease.ts',
    find: 'cost > this.units - this.#used',
    replace: 'cost > this.units - this.#used + 1',
  },
  'used units are given back': {
    file: 'leases/leasing-engine.ts',
    find: 'this.#settle(key, number, units, used)',
    replace: 'this.#settle(key, number, units, 0)',
  },
  'unused units are kept': {
    file: 'leases/leasing-engine.ts',
    find: 'this.#settle(key, number, units, used)',
    replace: 'this.#settle(key, number, units, units)',
  },
  'what was given back is used all the same': {
    file: 'leases/leasing-engine.ts',
    find: '    this.#leases.delete(key);\n',
    replace: '',
  },
  'what comes back late is given to the next window': {
    file: 'lua/fixed_window.lua',
    find: 'words[at + TIME] == mark.start_ms and not',
    replace: 'not',
  },
  'the server does not count what it leases': {
    file: 'lua/calls.lua',
    find: '    take_more(entry, units, policies)\n',
    replace: '',
  },
  'in a sliding window it lasts as long as its units count': {
    file: 'leases/lease.ts',
    find: 'resetAfterMs - windowMs',
    replace: 'resetAfterMs',
  },
};

withServers('the law of leases', async () => {
  const { client: redis } = await serverWithClient();

  it('four processes never admit more than the limit, and admit all of it', async () => {
    expect(await fourProcesses(subject, redis, RUNS)).toBeUndefined();
  });

  it.each(Object.keys(FAULTS).slice(0, IS_CI ? undefined : 4))('it catches a fault: %s', async (name) => {
    const { url, remove } = await bundle('leases/subject.ts', FAULTS[name]);
    const faulty: Subject = await import(url);
    expect(await fourProcesses(faulty, redis, 2000, true)).toContain('AssertionError');
    remove();
  });
});
