import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

const flags = ['--expose-gc'];
const lastCore = availableParallelism() - 1;
const canPin = spawnSync('taskset', ['-c', String(lastCore), 'true']).status === 0;

/** For `fork`: wherever the system puts it, so that the garbage collector and workers have cores of their own. */
export const onAnyCore = { execArgv: flags };

/**
 * For `fork`: on the core that all candidates use, where the system has `taskset`. One core of a shared
 * machine can be slower than its neighbour for minutes.
 */
export const onOneCore = pinnedTo(lastCore);

/** For `fork`: on another core than candidates, where there is one. */
export const besideIt = pinnedTo(0);

function pinnedTo(core) {
  if (!canPin) return onAnyCore;
  return { execPath: 'taskset', execArgv: ['-c', String(core), process.execPath, ...flags] };
}
