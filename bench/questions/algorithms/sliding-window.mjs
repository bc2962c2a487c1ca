import { besideFixedWindow } from '../../measure/beside-fixed-window.mjs';
import { ROOMY } from '../../policies.mjs';

const policy = { ...ROOMY, algorithm: 'sliding-window' };

export const question = besideFixedWindow(
  'sliding window over fixed window',
  policy,
  { ts: 1.4, native: 1.4 },
  'An entry of a sliding window has 16 words with its links, of a fixed one 4: at 10k keys those are 1.3 MB against 0.3 MB.',
);
