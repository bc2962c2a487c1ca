interface Connection {
  once?(event: 'close', listener: () => void): unknown;
}

const waiting = new WeakMap<object, Set<() => void>>();

/**
 * Calls back when a connection closes, unless the answer is called before. One listener for each connection, however
 * many requests a client has pipelined on it.
 */
export function whenClosed(connection: object, listener: () => void): () => void {
  const known = waiting.get(connection);
  const listeners = known ?? new Set();
  listeners.add(listener);
  if (known === undefined) {
    waiting.set(connection, listeners);
    (connection as Connection).once?.('close', () => {
      for (const each of listeners) each();
    });
  }
  return () => void listeners.delete(listener);
}
