import { isNone, type Policy, type Units } from '@headgate/core-ts';
import type { KnownClient } from '../client/script-client.js';
import { inspectServer } from '../inspect/inspect-server.js';
import type { EngineInspection } from '../inspect/inspection.js';
import type { RemoteDecision, RemoteEngine, RemoteReserved, RemoteStats } from '../limiter/remote-engine.js';
import { Dispatcher, isBetweenNodes } from '../sending/dispatcher.js';
import { ScriptRunner } from '../sending/script-runner.js';
import { type Answers, bindingOf, checkReply, ELSEWHERE, type Shape } from './answers.js';
import { Batch, type Group } from './batch.js';
import type { Answer, Call, Decidable, Granted, Pending } from './call.js';
import { Denials, isKnownAhead } from './denials.js';
import { foreignKey, nameOf, prefixOf } from './key-name.js';
import { Outage } from './outage.js';
import type { ReadRedisOptions } from './redis-options.js';
import { RemoteCounters } from './remote-counters.js';
import { Sender } from './sender.js';

/** What only tests ask for. */
export interface TestHooks {
  /** In the place of the server's clock. */
  readonly now?: () => number;
}

/** Numbers of reservations begin anywhere below this, so that no two processes come to the same ones. */
const FIRST_NUMBERS = 2 ** 52;

/**
 * The engine whose state is on a server: gathers the calls of one turn of the event loop, sends them in one script call,
 * and reads the answers. Where the server does not answer, `Outage` does.
 */
export class RedisEngine implements RemoteEngine {
  readonly backend = 'redis';
  #policies: readonly Policy[];
  readonly #client: KnownClient;
  readonly #prefix: string;
  /** With the prefix of this limiter's keys. */
  readonly #options: ReadRedisOptions;
  readonly #runner: ScriptRunner;
  readonly #sender: Sender;
  readonly #dispatcher: Dispatcher<Group, Batch>;
  readonly #outage: Outage;
  readonly #denials: Denials;
  readonly #counters: RemoteCounters;
  #number = Math.floor(Math.random() * FIRST_NUMBERS);

  constructor(policies: readonly Policy[], client: KnownClient, options: ReadRedisOptions, hooks: TestHooks = {}) {
    this.#policies = policies;
    this.#client = client;
    this.#prefix = options.prefix;
    const named = { ...options, prefix: prefixOf(options.prefix, policies) };
    this.#options = named;
    this.#runner = new ScriptRunner(client, options);
    this.#sender = new Sender(this.#runner, policies, named, hooks.now);
    this.#outage = new Outage(policies, options.onOutage, options.expectedInstances);
    this.#denials = new Denials(options.rememberDenialsMs);
    this.#counters = new RemoteCounters(policies);
    this.#dispatcher = new Dispatcher(
      client,
      named,
      () => this.#runner.probe(),
      () => new Batch(),
      ({ call }) => call.key,
      (groups) => void this.#send(groups),
    );
  }

  get policies(): readonly Policy[] {
    return this.#policies;
  }

  /** A denied key is answered at once, and in an outage every one. */
  allow(key: string, cost: Units, by?: readonly Policy[]): Promise<boolean> {
    const denial = by === undefined ? this.#denials.of(key, cost) : undefined;
    if (denial !== undefined) {
      this.#counters.denied(denial.binding);
      return Promise.resolve(false);
    }
    return this.#call({ kind: 'allow', key, cost, by }) as Promise<boolean>;
  }

  check(key: string, cost: Units, by?: readonly Policy[]): Promise<RemoteDecision> {
    const denial = by === undefined ? this.#denials.of(key, cost) : undefined;
    const told = denial && this.#denials.told(denial, cost);
    if (told !== undefined) {
      this.#counters.denied(0);
      return Promise.resolve(told);
    }
    return this.#call({ kind: 'check', key, cost, by }) as Promise<RemoteDecision>;
  }

  peek(key: string, cost: Units, by?: readonly Policy[]): Promise<RemoteDecision> {
    return this.#call({ kind: 'peek', key, cost, by }) as Promise<RemoteDecision>;
  }

  reserve(key: string, cost: Units, by?: readonly Policy[]): Promise<RemoteReserved> {
    return this.#call({ kind: 'reserve', key, cost, by }) as Promise<RemoteReserved>;
  }

  settle(key: string, number: number, estimate: Units, actual: Units, by?: readonly Policy[]): Promise<RemoteDecision> {
    this.#denials.forget(key);
    return this.#call({ kind: 'settle', key, number, estimate, actual, by }) as Promise<RemoteDecision>;
  }

  /** Takes units for this process to decide on: `most`, or so few that `parts` of them are no more than what is left. */
  lease(key: string, most: number, parts: number): Promise<Granted> {
    return this.#call({ kind: 'lease', key, most, parts }) as Promise<Granted>;
  }

  /** Whether such a call would be denied from memory. */
  isDenied(key: string, cost: Units): boolean {
    return this.#denials.of(key, cost) !== undefined;
  }

  /** Decides as in an outage. */
  without(call: Decidable, reason: unknown): Promise<Answer> {
    return new Promise((resolve, reject) => this.#degrade({ call, resolve, reject }, reason));
  }

  block(key: string, ms: number): Promise<boolean> {
    this.#denials.forget(key);
    return this.#call({ kind: 'block', key, ms }) as Promise<boolean>;
  }

  reset(key: string): Promise<boolean> {
    this.#denials.forget(key);
    return this.#call({ kind: 'reset', key }) as Promise<boolean>;
  }

  async clear(): Promise<void> {
    this.#denials.clear();
    await this.#runner.clear();
  }

  update(policies: readonly Policy[]): void {
    this.#denials.clear();
    this.#policies = policies;
    this.#outage.update(policies);
    this.#sender.update(policies);
  }

  stats(): RemoteStats {
    return this.#counters.stats(this.#policies, this.#dispatcher.breaker.isOpen);
  }

  async inspect(deadlineMs: number, key?: string): Promise<EngineInspection> {
    const { isOpen, openSince, lastError } = this.#dispatcher.breaker;
    const server = await inspectServer(this.#client, {
      keyName: nameOf(this.#options.prefix, key ?? ''),
      tellsKey: key !== undefined,
      deadlineMs,
      scripts: () => this.#sender.loadedScripts(this.#client, key ?? ''),
    });
    const own = {
      prefix: this.#prefix,
      breaker: { isOpen, openSince, lastError },
      rememberedDenials: this.#denials.count(),
    };
    return { ...own, ...server };
  }

  #call(call: Call): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const pending = { call, resolve, reject };
      const batch = this.#dispatcher.turn();
      if (batch instanceof Error) this.#degrade(pending, batch);
      else batch.add(pending, call.kind === 'reserve' || call.kind === 'lease' ? ++this.#number : 0);
    });
  }

  async #send(groups: readonly Group[], plain = this.#sender.isPlain(groups)): Promise<void> {
    const atMs = performance.now();
    const shapes = groups.map((group) => shapeOf(group, plain, this.#policies.length));
    let answers: Answers;
    try {
      const answered = await this.#dispatcher.ask(async () => {
        const reply = await this.#sender.send(groups, plain);
        checkReply(reply, shapes);
        return reply;
      });
      this.#sender.heard(answered.serverMs);
      answers = answered.answers;
    } catch (error) {
      if (groups.length > 1 && isBetweenNodes(error)) for (const group of groups) void this.#send([group], plain);
      else for (const { pending } of groups) for (const each of pending) this.#degrade(each, error);
      return;
    }
    if (plain) this.#readPlain(groups, answers, atMs);
    else for (const group of groups) this.#read(group, answers, atMs);
  }

  /** Keys that have more than a fixed window are asked for again, by the script that knows all. */
  #readPlain(groups: readonly Group[], answers: Answers, atMs: number): void {
    const others: Group[] = [];
    for (const group of groups)
      rejectingWith(group, () => {
        const [allowed, retryAfterMs] = [answers.next(), answers.nextMs()];
        if (allowed === ELSEWHERE) others.push(group);
        else this.#settleAllowed(group, allowed, retryAfterMs, 0, atMs);
      });
    if (others.length > 0) void this.#send(others, false);
  }

  #read(group: Group, answers: Answers, atMs: number): void {
    const { call, pending } = group;
    rejectingWith(group, () => {
      if (answers.isForeign()) throw new Error(foreignKey(nameOf(this.#options.prefix, call.key)));
      if (call.kind === 'allow') this.#readAllowed(group, answers, atMs);
      else (pending[0] as Pending).resolve(this.#readOne(call, group.number, answers, atMs));
    });
  }

  #readAllowed(group: Group, answers: Answers, atMs: number): void {
    this.#settleAllowed(group, answers.next(), answers.nextMs(), answers.next(), atMs);
  }

  /** The first ones were allowed. */
  #settleAllowed({ call, pending }: Group, allowed: number, retryAfterMs: number, binding: number, atMs: number): void {
    pending.forEach((each, i) => {
      if (i < allowed) this.#counters.allowed++;
      else this.#counters.denied(binding);
      each.resolve(i < allowed);
    });
    if (allowed === pending.length || call.kind !== 'allow' || call.by !== undefined) return;
    this.#denials.note(call.key, call.cost, retryAfterMs, binding, atMs);
  }

  #readOne(call: Call, number: number, answers: Answers, atMs: number): Answer {
    if (call.kind === 'block' || call.kind === 'reset') return answers.next() === 1;
    const units = call.kind === 'lease' ? answers.next() : 0;
    const told = answers.decision(call.by ?? this.#policies);
    if (call.kind === 'lease') return { units, number, decision: told };
    if (call.kind === 'check' || call.kind === 'reserve') this.#counters.decided(told);
    if (call.kind === 'reserve') return { decision: told, number: told.allowed && !isNone(call.cost) ? number : 0 };
    if (call.kind === 'check' && !told.allowed && call.by === undefined) {
      const ahead = isKnownAhead(this.#policies, call.cost) ? told : undefined;
      this.#denials.note(call.key, call.cost, told.retryAfterMs, bindingOf(told), atMs, ahead);
    }
    return told;
  }

  #degrade({ call, resolve, reject }: Pending, reason: unknown): void {
    if (call.kind === 'lease') {
      resolve({ reason });
      return;
    }
    try {
      const answer = this.#outage.answer(call, reason);
      this.#counters.degraded(call, answer);
      resolve(answer);
    } catch (error) {
      reject(error);
    }
  }
}

/** Of each policy a call is answered what is left, the reset and the wait. */
function shapeOf({ call, pending }: Group, plain: boolean, policies: number): Shape {
  if (call.kind === 'allow') return { size: plain ? 2 : 3, most: pending.length };
  if (call.kind === 'block' || call.kind === 'reset') return { size: 1, most: 1 };
  if (call.kind === 'lease') return { size: 3 + 3 * policies, most: Number.POSITIVE_INFINITY };
  return { size: 2 + 3 * policies, most: 1 };
}

/** What goes wrong with an answer rejects the calls that it is of. */
function rejectingWith({ pending }: Group, read: () => void): void {
  try {
    read();
  } catch (error) {
    for (const each of pending) each.reject(error);
  }
}
