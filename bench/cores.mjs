import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

const flags = ['--expose-gc'];
const core = String(availableParallelism() - 1);
const canPin = spawnSync('taskset', ['-c', core, 'true']).status === 0;

/** For `fork`: wherever the system puts it, so that the garbage collector and workers have cores of their own. */
export const onAnyCore = { execArgv: flags };

/**
 * For `fork`: on the core that all candidates use, where the system has `taskset`. One core of a shared
 * machine can be slower than its neighbour for minutes.
 */
export const onOneCore = canPin
  ? { execPath: 'taskset', execArgv: ['-c', core, process.execPath, ...flags] }
  : onAnyCore;
