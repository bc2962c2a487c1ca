import type { Signal } from '../../options/wait-options.js';

interface Listening {
  readonly calls: Set<() => void>;
  readonly listener: () => void;
}

/** One listener per signal, however many wait with it: Node warns of the eleventh. */
const listening = new WeakMap<Signal, Listening>();

/** Calls when the signal is aborted, in the order of asking, each function once. The answer takes that back. O(1). */
export function onAbort(signal: Signal, call: () => void): () => void {
  const { calls } = listening.get(signal) ?? listen(signal);
  calls.add(call);
  return () => {
    if (!calls.delete(call) || calls.size > 0) return;
    const known = listening.get(signal);
    if (known?.calls !== calls) return;
    listening.delete(signal);
    signal.removeEventListener('abort', known.listener);
  };
}

function listen(signal: Signal): Listening {
  const calls = new Set<() => void>();
  const listener = () => {
    for (const call of calls) call();
  };
  signal.addEventListener('abort', listener);
  listening.set(signal, { calls, listener });
  return { calls, listener };
}
