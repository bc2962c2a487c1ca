import { manyKeys } from '../../measure/many-keys.mjs';

export const question = manyKeys(10_000, '10k', { ts: 1.2, native: 0.55 }, { ts: 0.9, native: 0.9 });
