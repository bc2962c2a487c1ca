import type { Policy, Units } from '@headgate/core-ts';
import type { KnownClient } from '../client/script-client.js';
import { inspectServer } from '../inspect/inspect-server.js';
import type { EngineInspection } from '../inspect/inspection.js';
import type { RemoteDecision, RemoteEngine, RemoteReserved, RemoteStats } from '../limiter/remote-engine.js';
import { Dispatcher, isBetweenNodes } from '../sending/dispatcher.js';
import { ScriptRunner } from '../sending/script-runner.js';
import type { Answers } from '../wire/answers.js';
import { Batch, type Group } from '../wire/batch.js';
import type { Answer, Call, Decidable, Granted, Pending } from '../wire/call.js';
import { nameOf, prefixOf } from '../wire/key-name.js';
import { checkReply } from '../wire/reply.js';
import { Sender, type TestHooks } from '../wire/sender.js';
import type { ShortKind } from '../wire/short.js';
import { Denials } from './denials.js';
import { lateLeases } from './late-leases.js';
import { LongKeys } from './long-keys.js';
import { Outage, unavailable } from './outage.js';
import type { ReadRedisOptions } from './redis-options.js';
import { RemoteCounters } from './remote-counters.js';
import { Replies, type Sent } from './replies.js';

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
  readonly #replies: Replies;
  readonly #longKeys = new LongKeys();
  #number = Math.floor(Math.random() * FIRST_NUMBERS);

  constructor(policies: readonly Policy[], client: KnownClient, options: ReadRedisOptions, hooks: TestHooks = {}) {
    this.#policies = policies;
    this.#client = client;
    this.#prefix = options.prefix;
    const named = { ...options, prefix: prefixOf(options.prefix, policies) };
    this.#options = named;
    this.#runner = new ScriptRunner(client, options);
    this.#sender = new Sender(this.#runner, policies, named, hooks);
    this.#outage = new Outage(policies, options.onOutage, options.expectedInstances);
    this.#denials = new Denials(options.rememberDenialsMs);
    this.#counters = new RemoteCounters(policies);
    this.#replies = new Replies(named.prefix, this.#counters, this.#denials);
    this.#dispatcher = new Dispatcher(
      client,
      named,
      (slot) => this.#runner.probe(slot),
      () => new Batch(),
      ({ call }) => call.key,
      (groups) => this.#send(groups),
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
    this.#outage.clear();
    await this.#runner.clear().catch((error) => Promise.reject(unavailable(error, 'clear')));
  }

  update(policies: readonly Policy[]): void {
    this.#denials.clear();
    this.#policies = policies;
    this.#outage.update(policies);
    this.#sender.update(policies);
  }

  stats(): RemoteStats {
    return this.#counters.stats(this.#policies, this.#dispatcher.breakers.isAnyOpen);
  }

  async inspect(deadlineMs: number, key?: string): Promise<EngineInspection> {
    const breaker = this.#dispatcher.breakers.facts();
    const server = await inspectServer(this.#client, {
      keyName: nameOf(this.#options.prefix, key ?? ''),
      tellsKey: key !== undefined,
      deadlineMs,
      scripts: () => this.#sender.loadedScripts(this.#client, key ?? ''),
    });
    const own = {
      prefix: this.#prefix,
      breaker,
      rememberedDenials: this.#denials.count(),
    };
    return { ...own, ...server };
  }

  #call(call: Call): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const pending = { call, resolve, reject };
      const batch = this.#dispatcher.turn(call.key);
      if (batch instanceof Error) this.#degrade(pending, batch);
      else batch.add(pending, call.kind === 'reserve' || call.kind === 'lease' ? ++this.#number : 0);
    });
  }

  #send(groups: readonly Group[]): void {
    const [kind, untilMs] = [this.#sender.shortKind(groups), this.#runner.deadline()];
    if (kind === undefined || this.#longKeys.isEmpty) {
      void this.#sendBy(kind, groups, untilMs);
      return;
    }
    const [long, short] = [[] as Group[], [] as Group[]];
    for (const group of groups) (this.#longKeys.has(group.call.key) ? long : short).push(group);
    if (short.length > 0) void this.#sendBy(kind, short, untilMs);
    if (long.length > 0) void this.#sendBy(undefined, long, untilMs);
  }

  /** What is sent again has no new deadline. */
  async #sendBy(short: ShortKind | undefined, groups: readonly Group[], untilMs: number): Promise<void> {
    const sent: Sent = { groups, short, policies: this.#policies, atMs: performance.now() };
    let answers: Answers;
    try {
      const answered = await this.#dispatcher.ask(groups, async () => {
        const reply = await this.#sender.send(groups, short, untilMs, (late) => this.#giveBackLeases(sent, late));
        checkReply(reply, groups, short, sent.policies);
        return reply;
      });
      this.#sender.heard(answered.serverMs);
      answers = answered.answers;
    } catch (error) {
      if (groups.length > 1 && isBetweenNodes(error))
        for (const group of groups) void this.#sendBy(short, [group], untilMs);
      else for (const { pending } of groups) for (const each of pending) this.#degrade(each, error);
      return;
    }
    const others = this.#replies.read(sent, answers);
    for (const { call } of others) this.#longKeys.note(call.key);
    if (others.length > 0) void this.#sendBy(undefined, others, untilMs);
  }

  /** What an answer that came too late has leased, nobody has: it is given back, also while other calls are decided without the server. */
  #giveBackLeases(sent: Sent, reply: unknown): void {
    for (const call of lateLeases(sent, reply)) {
      const nobody = { call, resolve: () => undefined, reject: () => undefined };
      void this.#sendBy(undefined, [{ call, pending: [nobody], number: 0 }], this.#runner.deadline());
    }
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
