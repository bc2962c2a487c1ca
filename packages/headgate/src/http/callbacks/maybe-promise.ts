export type MaybePromise<T> = T | Promise<T>;

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

/** Goes on at once with a value, and later with a promise's: most requests are decided without a turn of the loop. */
export function whenKnown<T, U>(value: T | PromiseLike<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return isPromise(value) ? Promise.resolve(value as PromiseLike<T>).then(next) : next(value as T);
}
