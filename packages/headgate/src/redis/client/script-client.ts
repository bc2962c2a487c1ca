/** Anything that can run a script on a server that speaks Redis's protocol. */
export interface ScriptClient {
  /** Runs a script that the server knows by its SHA-1; rejects with an error that begins with `NOSCRIPT` where it doesn't. */
  evalsha(sha: string, keys: string[], args: string[]): PromiseLike<unknown>;
  /** Runs a script, and lets the server remember it. */
  eval(script: string, keys: string[], args: string[]): PromiseLike<unknown>;
}

/** A client as headgate uses it. */
export interface KnownClient extends ScriptClient {
  /** What it was recognised as, for messages. */
  readonly name: string;
  /** Whether it has a connection now; a client that can't tell has one. */
  isReady(): boolean;
  /** Resolves once it has a connection, and never where it does not get one. The answer's `stop` takes the listener back. */
  whenReady(ready: () => void): () => void;
  /** Whether it sends a command again that was cut off, so that one may come twice. */
  readonly sendsAgain: boolean;
  /** Whether keys of one call must be in one slot. */
  readonly isCluster: boolean;
}
