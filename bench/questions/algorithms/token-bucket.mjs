import { besideFixedWindow } from '../../measure/beside-fixed-window.mjs';
import { ROOMY } from '../../policies.mjs';

const policy = { ...ROOMY, algorithm: 'token-bucket' };

export const question = besideFixedWindow(
  'token bucket over fixed window',
  policy,
  { ts: 1.2, native: 1.2 },
  'A native token bucket reads the exact clock for each call, 15 % of it by `perf record`, where a fixed window mostly does with the coarse one.',
);
