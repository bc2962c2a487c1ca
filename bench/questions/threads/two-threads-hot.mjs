import { twoThreads } from '../../measure/worker-threads.mjs';

export const question = twoThreads(1, 'one hot key', 3.5);
