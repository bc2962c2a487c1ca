import { show } from '@headgate/core-ts';
import { isPromise, type MaybePromise } from './maybe-promise.js';

/**
 * Calls a function of the application's and goes on with its answer, now or later; or with what `failed` makes of
 * what it threw or rejected with. What `next` throws is not caught.
 */
export function called<T, U>(
  call: () => MaybePromise<T>,
  next: (answer: T) => MaybePromise<U>,
  failed: (thrown: unknown) => U,
): MaybePromise<U> {
  let answer: MaybePromise<T>;
  try {
    answer = call();
    if (isPromise(answer)) return Promise.resolve(answer).then(next, failed);
  } catch (thrown) {
    return failed(thrown);
  }
  return next(answer as T);
}

/** Calls what only wants to be told. Nobody waits for it, so all that it throws or rejects with goes to `failed`. */
export function notify(call: () => unknown, failed: (thrown: unknown) => void): void {
  called<unknown, void>(call, () => {}, failed);
}

/** What a `handler` answers in place of the JSON. */
export async function answered<T>(call: () => MaybePromise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw thrownBy('handler', thrown);
  }
}

/**
 * What a framework may be handed as an error: `undefined` would be success to it, and some strings are commands. An
 * error stays as it is, and so does what has a status, such as a `Response` or SvelteKit's errors.
 */
export function thrownBy(name: string, thrown: unknown): unknown {
  if (isError(thrown) || Number.isInteger((thrown as { readonly status?: unknown } | null | undefined)?.status))
    return thrown;
  return errorOf(name, thrown);
}

/** The same where nothing but an error will do. */
export function errorOf(name: string, thrown: unknown): Error {
  if (isError(thrown)) return thrown;
  return new Error(`headgate: ${name} failed with ${show(thrown)}, which is no Error`, { cause: thrown });
}

/** Also of another realm, as test runners have them. */
function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]';
}

/** A `warn` that fails ends nothing: its message goes to the console instead. */
export function safely(warn: (message: string) => void): (message: string) => void {
  return (message) =>
    notify(
      () => warn(message),
      (thrown) => console.error(message, errorOf('warn', thrown)),
    );
}
