import { besideFixedWindow } from '../../measure/beside-fixed-window.mjs';
import { ROOMY } from '../../policies.mjs';

const policy = { ...ROOMY, algorithm: 'sliding-window' };

export const question = besideFixedWindow(
  'sliding window over fixed window',
  policy,
  { ts: 1.4, native: 1.4 },
  'A sliding window has 13 words where a fixed one has 2: at 10k keys those are 1.4 MB against 0.3 MB.',
);
