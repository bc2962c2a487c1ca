import { besideFixedWindow } from '../measure/beside-fixed-window.mjs';
import { ROOMY } from '../policies.mjs';

const policy = { ...ROOMY, algorithm: 'sliding-window' };

export const question = besideFixedWindow(
  'sliding window over fixed window',
  policy,
  1.5,
  'By `perf record` 47 % of a TypeScript call is the decision itself, compiled into one function, and 10 % the Map: an entry keeps its sub-windows in an array of its own, behind one more object.',
);
