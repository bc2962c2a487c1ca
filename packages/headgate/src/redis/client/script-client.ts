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
  /** What it writes before the names of all keys. */
  readonly keyPrefix?: string;
  /** Whether it was closed, or never told to connect: it sends nothing until somebody does. */
  isClosed(): boolean;
  /** Whether it has a connection now; `undefined` where it can't tell. */
  isReady(): boolean | undefined;
  /** Calls back once it has a connection, or with the error for which there is none. Answers what takes the listener back. */
  whenReady(ready: (error?: unknown) => void): () => void;
  /** Whether it sends a command again that was cut off, so that one may come twice. */
  readonly sendsAgain: boolean;
  /** Whether commands arrive in the order in which they were given. */
  readonly keepsOrder: boolean;
  /** Whether keys of one call must be in one slot. */
  readonly isCluster: boolean;
  /** Of a cluster, a name of the master that has a slot, as far as the client knows. */
  readonly masterOf?: (slot: number) => string | undefined;
}
