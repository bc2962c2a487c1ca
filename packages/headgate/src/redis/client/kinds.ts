import type { KnownClient, ScriptClient } from './script-client.js';

/** What clients have that tells them apart; each is called as its own documentation says. */
export interface Shape {
  status?: unknown;
  isCluster?: unknown;
  isReady?: unknown;
  isOpen?: unknown;
  isClosed?: unknown;
  options?: { autoResendUnfulfilledCommands?: unknown; keyPrefix?: unknown };
  slots?: unknown;
  getMasterNode?: unknown;
  connected?: unknown;
  evalsha?: (...args: unknown[]) => PromiseLike<unknown>;
  eval?: (...args: unknown[]) => PromiseLike<unknown>;
  evalSha?: (sha: string, options: object) => PromiseLike<unknown>;
  withAbortSignal?: (signal: AbortSignal) => Shape;
  customCommand?: (command: string[]) => PromiseLike<unknown>;
  send?: (command: string, args: string[]) => PromiseLike<unknown>;
  on?: (event: string, listener: () => void) => unknown;
  once?: (event: string, listener: () => void) => unknown;
  off?: (event: string, listener: () => void) => unknown;
}

export function ioredis(client: Shape): KnownClient {
  const isCluster = client.isCluster === true;
  return {
    name: 'ioredis',
    isCluster,
    masterOf: (slot) => slotsOf<readonly string[]>(client)?.[slot]?.[0],
    keyPrefix: typeof client.options?.keyPrefix === 'string' ? client.options.keyPrefix : '',
    sendsAgain: client.options?.autoResendUnfulfilledCommands !== false,
    keepsOrder: true,
    isClosed: () => client.status === 'end',
    // One that connects with its first command waits for that.
    isReady: () => client.status === 'ready' || client.status === 'wait',
    whenReady: readiness(client),
    evalsha: (sha, keys, args) => (client.evalsha as NonNullable<Shape['evalsha']>)(sha, keys.length, ...keys, ...args),
    eval: (script, keys, args) => (client.eval as NonNullable<Shape['eval']>)(script, keys.length, ...keys, ...args),
  };
}

/** A client, a pool of them, or one of a cluster; only the first tells whether it is ready. */
export function nodeRedis(client: Shape): KnownClient {
  const tells = typeof client.isReady === 'boolean';
  const sending = tells ? takingBack(client) : () => client;
  return {
    name: 'node-redis',
    isCluster: Array.isArray(client.slots),
    masterOf: (slot) => slotsOf<{ readonly master?: { readonly address?: string } }>(client)?.[slot]?.master?.address,
    // Its client of sentinels does, on the master that it finds next.
    sendsAgain: typeof client.getMasterNode === 'function',
    keepsOrder: true,
    isClosed: () => client.isOpen === false,
    isReady: () => (tells ? client.isReady === true : client.isOpen !== false),
    whenReady: readiness(client),
    evalsha: (sha, keys, args) => (sending().evalSha as NonNullable<Shape['evalSha']>)(sha, { keys, arguments: args }),
    eval: (script, keys, args) => (sending().eval as NonNullable<Shape['eval']>)(script, { keys, arguments: args }),
  };
}

/**
 * node-redis writes what it is given in the next turn. Version 5 does so to a connection that was lost in this one too: then
 * it takes the first answer on the next connection for that command's, and is never ready again. So what is not written yet
 * is taken back when the client begins to connect again; version 6 would send it after the outage.
 */
function takingBack(client: Shape): () => Shape {
  if (client.withAbortSignal === undefined) return () => client;
  let sending: Shape | undefined;
  let lost = new AbortController();
  client.on?.('reconnecting', () => {
    if (sending === undefined) return;
    sending = undefined;
    lost.abort();
    lost = new AbortController();
  });
  return () => (sending ??= client.withAbortSignal?.(lost.signal) ?? client);
}

export function glide(client: Shape): KnownClient {
  const call = client.customCommand as NonNullable<Shape['customCommand']>;
  const run = byCommands((command) => call.call(client, command));
  return {
    name: '@valkey/valkey-glide',
    isCluster: client.constructor.name.includes('Cluster'),
    sendsAgain: false,
    keepsOrder: true,
    isClosed: () => client.isClosed === true,
    ...onceAnswered(run),
  };
}

export function bun(client: Shape): KnownClient {
  const send = client.send as NonNullable<Shape['send']>;
  const run = byCommands(([command, ...args]) => send.call(client, command as string, args));
  return {
    name: "Bun's client",
    isCluster: false,
    sendsAgain: true,
    keepsOrder: true,
    isClosed: () => false,
    ...onceAnswered(run),
  };
}

/** Nobody knows what such a client does: it may send again, and in another order. */
export function plain(client: ScriptClient): KnownClient {
  return {
    name: 'a client with evalsha and eval',
    isCluster: false,
    sendsAgain: true,
    keepsOrder: false,
    isClosed: () => false,
    isReady: () => true,
    whenReady: () => () => undefined,
    evalsha: (sha, keys, args) => client.evalsha(sha, keys, args),
    eval: (script, keys, args) => client.eval(script, keys, args),
  };
}

function byCommands(send: (command: string[]) => PromiseLike<unknown>): ScriptClient {
  return {
    evalsha: (sha, keys, args) => send(['EVALSHA', sha, String(keys.length), ...keys, ...args]),
    eval: (script, keys, args) => send(['EVAL', script, String(keys.length), ...keys, ...args]),
  };
}

/**
 * A client that does not tell whether it has a connection, and keeps what it is given until it has one: nothing that counts
 * is given to it before it has answered once.
 */
function onceAnswered(run: ScriptClient): Pick<KnownClient, 'isReady' | 'whenReady' | 'evalsha' | 'eval'> {
  let hasAnswered = false;
  const noted = async (reply: PromiseLike<unknown>) => {
    const told = await reply;
    hasAnswered = true;
    return told;
  };
  return {
    isReady: () => hasAnswered || undefined,
    whenReady(ready) {
      noted(run.eval('return 1', [], [])).then(() => ready(), ready);
      return () => undefined;
    },
    evalsha: (sha, keys, args) => run.evalsha(sha, keys, args),
    eval: (script, keys, args) => noted(run.eval(script, keys, args)),
  };
}

/** What a client of a cluster knows of each slot; `undefined` of any other. */
function slotsOf<T>({ slots }: Shape): readonly (T | undefined)[] | undefined {
  return Array.isArray(slots) ? slots : undefined;
}

/** One listener, however many wait: emitters warn of more than ten. */
function readiness(client: Shape): KnownClient['whenReady'] {
  const waiting = new Set<() => void>();
  const tell = () => {
    const all = [...waiting];
    waiting.clear();
    for (const ready of all) ready();
  };
  return (ready) => {
    if (waiting.size === 0) client.once?.('ready', tell);
    waiting.add(ready);
    return () => {
      if (waiting.delete(ready) && waiting.size === 0) client.off?.('ready', tell);
    };
  };
}
