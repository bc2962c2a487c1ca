import type { Operation } from '../../scene/scene.js';

// What the examples do, in short: on one key, unless another is named.

export const check = (cost: number, key = 'a'): Operation => ({ call: 'check', key, cost });
export const allow = (cost: number, key = 'a'): Operation => ({ call: 'allow', key, cost });
export const peek = (cost: number, key = 'a'): Operation => ({ call: 'peek', key, cost });
export const reserve = (cost: number): Operation => ({ call: 'reserve', key: 'a', cost });
export const commit = (reservation: number, actual: number): Operation => ({ call: 'settle', reservation, actual });
export const advance = (ms: number): Operation => ({ call: 'advance', ms });
export const reset: Operation = { call: 'reset', key: 'a' };
export const cleanup: Operation = { call: 'cleanupExpired' };
