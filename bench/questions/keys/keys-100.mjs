import { ENGINES } from '../../candidates/index.mjs';
import { manyKeys } from '../../measure/many-keys.mjs';

export const question = { ...manyKeys(100, '100', {}), candidates: [...ENGINES, 'key'] };
