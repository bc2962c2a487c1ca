import { ENGINES } from '../../candidates/index.mjs';
import { manyKeys } from '../../measure/many-keys.mjs';

export const question = {
  ...manyKeys(1_000_000, '1M', { ts: 1.2, native: 0.3 }),
  candidates: [...ENGINES, 'key'],
  full: { processes: 3 }, // each takes seconds to fill
};
