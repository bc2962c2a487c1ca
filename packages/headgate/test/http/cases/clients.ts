import { channel } from 'node:diagnostics_channel';
import { connect, type Socket } from 'node:net';
import { expect } from 'vitest';
import { RateLimiter } from '../../../src/index.js';
import { get } from '../client.js';
import type { AnyOptions, Rule, WithServer } from '../framework.js';

const MANY = { limit: 100, windowSeconds: 60 } as const;
/** More than a client's and a server's buffers hold, so that it is being written until the client reads. */
const LARGE = 'x'.repeat(16 * 1024 * 1024);
/** More than Node takes for a leak of listeners. */
const PIPELINED = 20;

/** Where a request waits when its client does something. */
interface Wait {
  readonly path: string;
  /** It was let in, or will be. */
  readonly counts: boolean;
  options(limiter: RateLimiter, arrive: () => void, released: Promise<unknown>): AnyOptions;
}

const WAITS: Readonly<Record<string, Wait>> = {
  'its key is not known': {
    path: '/ok',
    counts: true,
    options: (limiter, arrive, released) => ({ limiter, key: noting(arrive, () => released.then(() => 'k')) }),
  },
  'the limiter decides': {
    path: '/ok',
    counts: true,
    options: (limiter, arrive, released) => ({
      key: () => 'k',
      limiter: {
        policies: limiter.policies,
        check: noting(arrive, (key, cost) => released.then(() => limiter.check(key, cost))),
        reserve: noting(arrive, (key, cost) => released.then(() => limiter.reserve(key, cost))),
      },
    }),
  },
  'the handler runs': {
    path: '/hangs',
    counts: true,
    options: (limiter, arrive) => ({ limiter, key: () => 'k', cost: noting(arrive, () => 1) }),
  },
  'it is being refused': {
    path: '/ok',
    counts: false,
    options: (_limiter, arrive) => ({ ...MANY, limit: 0, key: noting(arrive, () => 'k'), message: LARGE }),
  },
};

/** The same function, which says that it was called. */
function noting<A extends unknown[], T>(arrive: () => void, call: (...args: A) => T): (...args: A) => T {
  return (...args) => {
    arrive();
    return call(...args);
  };
}

/** What the client does then. */
const MANNERS: Readonly<Record<string, (client: Socket) => void>> = {
  resets: (client) => void client.resetAndDestroy(),
  'half-closes': (client) => void client.end(),
  'stalls and leaves': (client) => void client.destroy(),
};

/** The names of the rules for who sends so many requests at once, and then does that while they wait for this. */
function named(requests: number): { name: string; wait: Wait; act: (client: Socket) => void }[] {
  const who = requests === 1 ? 'a client' : `a client of ${requests} pipelined requests`;
  return Object.entries(WAITS).flatMap(([when, wait]) =>
    Object.entries(MANNERS).map(([manner, act]) => ({
      name: `${who} that ${manner} while ${when} ends nothing, holds nothing, and gets nothing back`,
      wait,
      act,
    })),
  );
}

const ALONE = named(1);
/** One that is being refused makes the others wait unread. */
const TOGETHER = named(PIPELINED).filter(({ wait }) => wait.counts);
export const PIPELINED_RULES: readonly string[] = TOGETHER.map(({ name }) => name);

export function clients(rule: Rule, withServer: WithServer): void {
  for (const { name, wait, act } of ALONE) rule(name, () => watched(() => leaves(withServer, wait, act, 1)));
  for (const { name, wait, act } of TOGETHER) rule(name, () => watched(() => leaves(withServer, wait, act, PIPELINED)));

  rule('a client that stalls is answered once it is decided on', async () => {
    for (const when of ['its key is not known', 'the limiter decides'])
      await watched(async () => {
        const [released, release] = signal();
        const [arrived, arrive] = signal();
        const { options, path } = WAITS[when] as Wait;
        await withServer(options(new RateLimiter(MANY), arrive, released), async (url) => {
          const answer = get(`${url}${path}`);
          await arrived;
          release();
          expect((await answer).status).toBe(200);
        });
      });
  });
}

async function leaves(withServer: WithServer, wait: Wait, act: (client: Socket) => void, requests: number) {
  const [arrived, arrive] = signal();
  const [released, release] = signal();
  const [settled, settle] = signal();
  let aborted = 0;
  const countIf = (ended: { aborted: boolean }) => {
    if (ended.aborted && ++aborted === requests) settle();
    return true;
  };
  const limiter = new RateLimiter(MANY);
  const options = { ...wait.options(limiter, arrive, released), skipSuccessfulRequests: true, countIf };
  await withServer(options, async (url) => {
    const { hostname, port } = new URL(url);
    const atServer = nextConnection();
    const client = connect({ host: hostname, port: Number(port), allowHalfOpen: true }).on('error', () => {});
    client.write(`GET ${wait.path} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(requests));
    const closed = closing(await atServer);
    await arrived;
    await new Promise(setImmediate); // what is pipelined has been read as well
    act(client);
    client.resume();
    await closed;
    client.destroy();
    release();
    if (wait.counts) await settled;
    expect((await get(`${url}/ok`)).status).toBe(wait.counts ? 200 : 429);
  });
}

/** However it closes: a reset is an error first. */
function closing(socket: Socket): Promise<void> {
  return new Promise((resolve) => void socket.once('close', () => resolve()));
}

/** The server's end of the next connection: Node publishes each that one of its servers accepts. */
function nextConnection(): Promise<Socket> {
  const accepted = channel('net.server.socket');
  return new Promise((resolve) => {
    const note = (message: unknown) => {
      accepted.unsubscribe(note);
      resolve((message as { readonly socket: Socket }).socket);
    };
    accepted.subscribe(note);
  });
}

/** Runs it with all watched that would end a process, or says that something leaks. */
async function watched(run: () => Promise<void>): Promise<void> {
  const seen: unknown[] = [];
  const note = (problem: unknown) => void seen.push(problem);
  const events = ['uncaughtExceptionMonitor', 'unhandledRejection', 'warning'] as const;
  for (const event of events) process.on(event as 'warning', note);
  try {
    await run();
    await new Promise(setImmediate);
  } finally {
    for (const event of events) process.off(event, note);
  }
  expect(seen).toEqual([]);
}

function signal(): [Promise<void>, () => void] {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return [given, give];
}
