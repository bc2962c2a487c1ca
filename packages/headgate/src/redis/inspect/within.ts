import type { KnownClient } from '../client/script-client.js';

/** Rejects where there is no answer by then; one that comes later is dropped. */
export function within<T>(ms: number, answer: () => PromiseLike<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('there was no time left for an answer')), Math.max(0, ms));
    const settle =
      <V>(then: (value: V) => void) =>
      (value: V) => {
        clearTimeout(timer);
        then(value);
      };
    // A client may throw what it should reject with.
    Promise.resolve().then(answer).then(settle(resolve), settle(reject));
  });
}

/** Rejects where there is no connection by then. */
export async function connected(client: KnownClient, ms: number): Promise<void> {
  if (client.isReady()) return;
  let stop = () => {};
  const ready = new Promise<void>((resolve, reject) => {
    stop = client.whenReady((error) => (error === undefined ? resolve() : reject(error)));
  });
  await within(ms, () => ready)
    .catch(() => Promise.reject(new Error('there is no connection')))
    .finally(stop);
}
