import type { MaybePromise } from '../../src/http/http.js';

interface KeyCalls<R> {
  keyOf(request: R): MaybePromise<string>;
  reset(request: R): MaybePromise<boolean>;
}

/** What `GET /reset` does and answers. */
export async function keysAndReset<R>(limited: readonly KeyCalls<R>[], request: R): Promise<string> {
  const keys = await Promise.all(limited.map((each) => each.keyOf(request)));
  for (const each of limited) await each.reset(request);
  return JSON.stringify(keys);
}
