import { BackendUnavailableError } from '@headgate/core-ts';
import { openBinary } from './binaries.js';
import { type Binding, refusalOf } from './binding.js';

const FIRST = Symbol.for('headgate.first-native-binding');

let known: Binding | undefined;

/**
 * The binding that every limiter with a shared name uses, whatever copy of this package and whatever thread it is
 * made by: that of the first binary of headgate's which the process has loaded. Which one that is never changes, since
 * none is unloaded.
 *
 * @throws BackendUnavailableError where that binary is of another version.
 */
export function sharedBinding(own: Binding): Binding {
  known ??= firstLoaded(own) ?? threadsFirst(own);
  return known;
}

/** `undefined` where the system doesn't tell what is loaded. */
export function firstLoaded(own: Binding, open: (path: string) => unknown = openBinary): Binding | undefined {
  const all = own.loaded();
  const [first] = all;
  if (first === undefined || first.own) return first && own;
  if (first.version !== own.version()) {
    const path = all.find((each) => each.own)?.path;
    throw new BackendUnavailableError(`A shared name is one for all of a process, and this one has two versions of headgate's native engine:
  - ${first.version}, loaded first: ${first.path}
  - ${own.version()}: ${path ?? 'this one'}
Install one version (npm ls @headgate/core-native tells who asks for which), or do without a shared name here.`);
  }
  const binding = open(first.path);
  const refusal = refusalOf(binding);
  if (refusal !== undefined) throw new BackendUnavailableError(`${first.path}, loaded first: ${refusal}`);
  return binding as Binding;
}

/** The next best: the first of this thread that shared something. */
function threadsFirst(own: Binding): Binding {
  const all = globalThis as unknown as Record<symbol, Binding | undefined>;
  const first = all[FIRST] ?? own;
  if (first.version() !== own.version())
    throw new BackendUnavailableError(
      `A shared name is one for all of a process, and this one has two versions of headgate's native engine: ${first.version()} shared first, and this is ${own.version()}. Install one version, or do without a shared name here.`,
    );
  all[FIRST] = first;
  return first;
}
