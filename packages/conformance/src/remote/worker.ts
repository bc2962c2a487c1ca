/** Runs the engines of a module, and answers one call after the other; what waits for the answer is woken. */
export const WORKER = `
import { workerData } from 'node:worker_threads';
const { module, name, flag, port } = workerData;
const wake = new Int32Array(flag);
const engines = new Map();
let nowMs = 0;
let create;
// As a caller does: each call before the answer to the one before it.
const allowMany = (engine, keys, cost) => Promise.all(keys.map((key) => engine.allow(key, cost)));
port.on('message', async ({ id, call, args, now }) => {
  let answer;
  try {
    create ??= (await import(module))[name];
    nowMs = now ?? nowMs;
    if (call === 'make') engines.set(id, await create(args[0], args[1] ? () => nowMs : undefined));
    else if (call === 'allowMany') answer = { value: await allowMany(engines.get(id), ...args) };
    else answer = { value: await engines.get(id)[call](...args) };
    answer ??= { value: undefined };
  } catch (error) {
    answer = { error: { name: error.name, message: error.message } };
  }
  port.postMessage(answer);
  Atomics.store(wake, 0, 1);
  Atomics.notify(wake, 0);
});
`;
