import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type {
  Clock,
  Decision,
  Engine,
  EngineFactory,
  EngineSpec,
  Policy,
  Reserved,
  Stats,
  Units,
} from '@headgate/core-ts';
import { WORKER } from './worker.js';

/** Where an engine is that answers promises. */
export interface RemoteModule {
  /** The address of a module that Node can import. */
  readonly module: string;
  /**
   * The name of its export: a function of the policies, and of a clock where the law has one, that answers an engine with
   * `allow`, `check`, `peek`, `reserve`, `settle`, `block`, `reset`, `clear`, `update` and `stats`, each of which may answer
   * a promise. A batch calls `allow` for each key before the one before has answered, and is decided in that order.
   */
  readonly export: string;
}

/** How long a call may take; a server that is gone is not waited for. */
const LIMIT_MS = 60_000;

/** What an engine in memory has and a remote one does not. */
const NOT_REMOTE = 'a remote engine has none';

/**
 * An engine that answers promises, as the laws call one that does not: it runs in a worker thread, and each call waits for its
 * answer. `end` stops the thread.
 */
export function remote(where: RemoteModule): { readonly createEngine: EngineFactory; end(): Promise<void> } {
  const line = new Line(where);
  return { createEngine: (spec) => new RemoteInSync(line, spec), end: () => line.end() };
}

interface Answered {
  readonly value?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}

/** Asks the worker, and waits. */
class Line {
  readonly #flag = new Int32Array(new SharedArrayBuffer(4));
  readonly #worker: Worker;
  readonly #port: MessagePort;
  #last = 0;
  #isLost = false;

  constructor({ module, export: name }: RemoteModule) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(WORKER)}`), {
      workerData: { module, name, flag: this.#flag.buffer, port: port2 },
      transferList: [port2],
    });
    this.#worker.unref();
    this.#port.unref();
  }

  make(args: readonly unknown[], now: number | undefined): number {
    this.ask(++this.#last, 'make', args, now);
    return this.#last;
  }

  ask(id: number, call: string, args: readonly unknown[], now?: number): unknown {
    if (this.#isLost) throw new Error(`${call}: the engine did not answer the call before`);
    Atomics.store(this.#flag, 0, 0);
    this.#port.postMessage({ id, call, args, now });
    // The notice of the answer before may come only now: what counts is the flag.
    while (Atomics.load(this.#flag, 0) === 0) {
      this.#isLost = Atomics.wait(this.#flag, 0, 0, LIMIT_MS) === 'timed-out';
      if (this.#isLost) throw new Error(`${call}: no answer within a minute`);
    }
    const received = receiveMessageOnPort(this.#port) as { readonly message: Answered };
    const { value, error } = received.message;
    if (error !== undefined) throw Object.assign(new Error(error.message), { name: error.name });
    return value;
  }

  async end(): Promise<void> {
    this.#port.close();
    await this.#worker.terminate();
  }
}

class RemoteInSync implements Engine {
  readonly backend = 'remote';
  readonly #line: Line;
  readonly #clock: Clock | undefined;
  readonly #id: number;
  #policies: readonly Policy[];

  constructor(line: Line, { policies, clock }: EngineSpec) {
    this.#line = line;
    this.#clock = clock;
    this.#policies = policies;
    this.#id = line.make([policies, clock !== undefined], this.#now());
  }

  get policies(): readonly Policy[] {
    return this.#policies;
  }

  allow(key: string, cost: Units, by?: readonly Policy[]): boolean {
    return this.#ask('allow', key, cost, by) as boolean;
  }

  allowMany(keys: readonly string[], cost: number): Uint8Array {
    return Uint8Array.from(this.#ask('allowMany', keys, cost) as boolean[], Number);
  }

  check(key: string, cost: Units, by?: readonly Policy[]): Decision {
    return this.#ask('check', key, cost, by) as Decision;
  }

  peek(key: string, cost: Units, by?: readonly Policy[]): Decision {
    return this.#ask('peek', key, cost, by) as Decision;
  }

  reserve(key: string, cost: Units, by?: readonly Policy[]): Reserved {
    return this.#ask('reserve', key, cost, by) as Reserved;
  }

  settle(key: string, number: number, estimate: Units, actual: Units, by?: readonly Policy[]): Decision {
    return this.#ask('settle', key, number, estimate, actual, by) as Decision;
  }

  block(key: string, ms: number): boolean {
    return this.#ask('block', key, ms) as boolean;
  }

  reset(key: string): boolean {
    return this.#ask('reset', key) as boolean;
  }

  update(policies: readonly Policy[]): void {
    this.#ask('update', policies);
    this.#policies = policies;
  }

  clear(): void {
    this.#line.ask(this.#id, 'clear', []);
  }

  stats(): Stats {
    const stats = this.#line.ask(this.#id, 'stats', []) as Stats;
    const { allowed, blocked, totalChecks, activeKeys, evictions, rejectedFull, policies } = stats;
    return { allowed, blocked, totalChecks, activeKeys, evictions, rejectedFull, policies };
  }

  /** Its server drops what has expired. */
  cleanupExpired(): number {
    this.#now();
    return 0;
  }

  snapshot(): never {
    throw new Error(`snapshot: ${NOT_REMOTE}`);
  }

  restore(): never {
    throw new Error(`restore: ${NOT_REMOTE}`);
  }

  #ask(call: string, ...args: readonly unknown[]): unknown {
    return this.#line.ask(this.#id, call, args, this.#now());
  }

  #now(): number | undefined {
    return this.#clock === undefined ? undefined : Math.floor(this.#clock.now());
  }
}
