import { besideFixedWindow } from '../../measure/beside-fixed-window.mjs';
import { ROOMY } from '../../policies.mjs';

const policy = { limits: ['a', 'b', 'c'].map((name) => ({ ...ROOMY, name })) };

export const question = besideFixedWindow(
  'three limits over one',
  policy,
  { ts: 1.8, native: 1.4 },
  'The three states stand side by side, so that the key is looked up once and the memory is next to it.',
);
