import { besideFixedWindow } from '../../measure/beside-fixed-window.mjs';
import { ROOMY } from '../../policies.mjs';

const policy = { limits: ['a', 'b', 'c'].map((name) => ({ ...ROOMY, name })) };

export const question = besideFixedWindow(
  'three limits over one',
  policy,
  2,
  'By `perf record` 52 % of a TypeScript call is the decision itself, compiled into one function, and 11 % the Map: the second state and the third are objects of their own.',
);
