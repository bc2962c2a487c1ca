import { twoThreads } from '../../measure/worker-threads.mjs';

export const question = twoThreads(10_000, '10k fresh keys', 0.45);
