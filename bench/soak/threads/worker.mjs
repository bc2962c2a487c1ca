import { parentPort, workerData } from 'node:worker_threads';
import { createNativeEngine } from '@headgate/core-native';
import { RateLimiter } from '@headgate/core-ts';
import { CHURNED, EXACT, Load } from './load.mjs';

const { thread, untilMs } = workerData;
const limiters = [CHURNED, EXACT].map((options) => new RateLimiter(options, createNativeEngine));
const load = new Load(...limiters, `thread ${thread}`);
while (Date.now() < untilMs) await load.turn();
await load.stop();
parentPort.postMessage(load.counts());
