import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { gateOf } from '../../../test/http/asked.js';
import { oneOfSeveral } from './cluster-warning.js';

describe('a process that is one of several', () => {
  it('is a cluster worker, or one of more than one instance of PM2', () => {
    const several: [Parameters<typeof oneOfSeveral>[0], string][] = [
      [{ isWorker: true, env: {} }, 'a cluster worker'],
      [{ isWorker: true, env: { pm_id: '0', instances: '4' } }, 'an instance of PM2'],
      [{ isWorker: true, env: { pm_id: '0', instances: 'max' } }, 'an instance of PM2'],
      [{ isWorker: false, env: { pm_id: '3', instances: '2', NODE_APP_INSTANCE: '1' } }, 'an instance of PM2'],
      [{ isWorker: false, env: { pm_id: '3', NODE_APP_INSTANCE: '1' } }, 'an instance of PM2'],
    ];
    for (const [signs, how] of several) expect(oneOfSeveral(signs)).toBe(how);
    const alone = [
      { isWorker: false, env: {} },
      { isWorker: true, env: { pm_id: '0', instances: '1' } },
      { isWorker: false, env: { pm_id: '0', NODE_APP_INSTANCE: '0' } },
      { isWorker: false, env: { instances: '4', NODE_APP_INSTANCE: '1' } },
    ];
    for (const signs of alone) expect(oneOfSeveral(signs)).toBeUndefined();
  });

  it('is not this one, so that nothing is said', () => {
    gateOf({ limit: 1, windowSeconds: 60, warn: () => expect.unreachable() });
  });

  it('says so once, in each worker, however many limiters it has', async () => {
    const program = fileURLToPath(new URL('../../../test/http/cluster.mjs', import.meta.url));
    const primary = fork(program, { execArgv: [], silent: true });
    const warnings: unknown[] = [];
    primary.on('message', (message) => warnings.push(message));
    await once(primary, 'close');
    const warned = [expect.stringContaining('this process is a cluster worker')];
    expect(warnings).toEqual([[], warned, warned]);
  });
});
