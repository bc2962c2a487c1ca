import { setImmediate } from 'node:timers/promises';
import { ManualClock, type Policy } from '@headgate/core-ts';
import type { Redis } from 'ioredis';
import { expect } from 'vitest';
import { type Heard, Wire } from './wire.js';

/** The engines that are tried: the sources, or a bundle with a fault. */
export type Subject = typeof import('./subject.js');
type LeasingEngine = InstanceType<Subject['LeasingEngine']>;

export interface Setting {
  readonly algorithm: 'fixed-window' | 'sliding-window';
  readonly limit: number;
  readonly instances: number;
  readonly mostUnits: number;
  readonly mostMs: number;
}

interface Admitted {
  readonly atMs: number;
  readonly units: number;
  /** In which window they were counted. */
  readonly window: string;
}

interface Process {
  readonly wire: Wire;
  readonly engine: LeasingEngine;
  readonly told: { allowed: number; denied: number };
}

export const WINDOW_MS = 100;
const KEY = 'k';
let made = 0;

/** Four processes and a server, each with a clock of its own, on one key. */
export class World {
  readonly #subject: Subject;
  readonly #redis: Redis;
  readonly #setting: Setting;
  readonly #prefix = `${++made}:`;
  readonly #clock = new ManualClock(1_000_000);
  readonly #windows = new Map<number, string>();
  readonly #processes: Process[] = [];
  readonly #gone: Wire[] = [];
  readonly admitted: Admitted[] = [];
  #resets = 0;
  /** Whether no unit can have been taken that nobody has. */
  isWhole = true;

  constructor(subject: Subject, redis: Redis, setting: Setting) {
    this.#subject = subject;
    this.#redis = redis;
    this.#setting = setting;
    const world = this;
    const { take } = subject.Lease.prototype;
    subject.Lease.prototype.take = function (cost, nowMs) {
      const taken = take.call(this, cost, nowMs);
      if (taken) world.#admit(cost, world.#clock.now(), world.#windows.get(this.number) as string);
      return taken;
    };
    this.#restore = () => {
      subject.Lease.prototype.take = take;
    };
  }

  readonly #restore: () => void;

  async start(): Promise<void> {
    for (let i = 0; i < 4; i++) this.#processes.push(await this.#process(i));
  }

  /** Its own clock is another one, and every second one's timers never ring: it is suspended whenever they would. */
  async #process(i: number): Promise<Process> {
    const { RedisEngine, LeasingEngine, readRedisOptions, recognise } = this.#subject;
    const { limit, algorithm, instances, mostUnits, mostMs } = this.#setting;
    const policy: Policy = { name: 'default', algorithm, limit, windowMs: WINDOW_MS, burst: limit, blockForMs: 0 };
    const wire = new Wire(
      this.#redis,
      () => this.#clock.now(),
      () => this.#stand(),
    );
    const options = readRedisOptions({
      prefix: this.#prefix,
      deadlineMs: 60_000,
      onOutage: 'throw',
      rememberDenialsMs: 0,
    });
    const inner = new RedisEngine([policy], recognise(wire), options, { now: () => 0 });
    const clock = {
      now: () => this.#clock.now() + i * 30_000,
      after: (ms: number, wake: () => void) => (i % 2 === 0 ? this.#clock.after(ms, wake) : () => undefined),
    };
    const engine = new LeasingEngine(
      this.#watched(inner, wire),
      { mostUnits, mostMs, fromPerSecond: 1 },
      instances,
      clock,
    );
    const process = { wire, engine, told: { allowed: 0, denied: 0 } };
    await this.#until(process, engine.peek(KEY, 0)); // its script is known from then on
    return process;
  }

  /** Tells what the server admits, and in which window a lease is counted. */
  #watched(inner: InstanceType<Subject['RedisEngine']>, wire: Wire) {
    return new Proxy(inner, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          const answer = value.apply(target, args);
          if (name === 'lease')
            return answer.then((granted: { number: number }) => {
              this.#windows.set(granted.number, wire.heard.window);
              return granted;
            });
          if (name !== 'allow' && name !== 'check') return answer;
          return answer.then((told: boolean | { allowed: boolean }) => {
            const allowed = typeof told === 'boolean' ? told : told.allowed;
            if (allowed) this.#admit(args[1] as number, wire.heard.atMs, wire.heard.window);
            return told;
          });
        };
      },
    });
  }

  #admit(units: number, atMs: number, window: string): void {
    if (units > 0) this.admitted.push({ atMs, units, window });
  }

  /** The window that runs on the server, by the first instant that the value has. */
  async #stand(): Promise<Heard> {
    const value = await this.#redis.getBuffer(`${this.#prefix}${KEY}`);
    const startMs = value === null ? 'none' : value[0] === 241 ? value.readUIntBE(1, 6) : value.readDoubleBE(21);
    return { atMs: 0, window: `${this.#resets}:${startMs}` };
  }

  /** Makes a call, and answers what comes of it, once it does. */
  call(i: number, kind: 'allow' | 'check' | 'peek', cost: number): Promise<boolean> {
    const { engine, told } = this.#processes[i] as Process;
    return (async () => {
      const answer = await engine[kind](KEY, cost);
      const allowed = typeof answer === 'boolean' ? answer : answer.allowed;
      if (kind !== 'peek') told[allowed ? 'allowed' : 'denied']++;
      return allowed;
    })();
  }

  async arrive(i: number, isLost = false): Promise<void> {
    const sent = await (this.#processes[i] as Process).wire.arrive(isLost);
    if (sent && isLost) this.isWhole = false;
  }

  answer(i: number): void {
    (this.#processes[i] as Process).wire.answer();
  }

  /** All that a process has sent arrives and is answered. */
  async deliver(i: number): Promise<void> {
    const { wire } = this.#processes[i] as Process;
    do await setImmediate();
    while ((await wire.arrive()) || wire.answer());
  }

  /** Calls of one unit, so many that a lease is taken and used in part. */
  async ask(i: number): Promise<void> {
    for (let calls = 0; calls < 3; calls++) this.call(i, 'allow', 1).catch(() => undefined);
    await this.deliver(i);
  }

  /** A call of a process arrives now and is answered after some time. */
  async slowly(i: number, ms: number): Promise<void> {
    const { wire } = this.#processes[i] as Process;
    this.call(i, 'allow', 1).catch(() => undefined);
    do await setImmediate();
    while (await wire.arrive());
    this.advance(ms);
    while (wire.answer()) await setImmediate();
  }

  /** A process is gone with all that it has, and another is there. What it has sent may still arrive. */
  async crash(i: number): Promise<void> {
    const { wire } = this.#processes[i] as Process;
    wire.cut();
    this.#gone.push(wire);
    this.isWhole = false;
    this.#processes[i] = await this.#process(i);
  }

  async arriveOfGone(): Promise<void> {
    await this.#gone[0]?.arrive();
    this.#gone[0]?.cut();
  }

  /** In a process that has no lease. */
  async reset(): Promise<void> {
    this.#resets++;
    this.isWhole = false;
    await this.#redis.del(`${this.#prefix}${KEY}`);
  }

  advance(ms: number): void {
    this.#clock.advance(ms);
  }

  async #until<T>({ wire }: Process, answer: Promise<T>): Promise<T> {
    let isOver = false;
    const ended = answer.finally(() => {
      isOver = true;
    });
    ended.catch(() => undefined);
    while (!isOver) {
      await setImmediate();
      if (!(await wire.arrive())) wire.answer();
    }
    return ended;
  }

  /** All processes ask for a unit after the other, until none is left. */
  async exhaust(): Promise<void> {
    for (let i = 0; i < 4; i++) await this.deliver(i);
    for (let isOver = false; !isOver; ) {
      isOver = true;
      for (let i = 0; i < 4; i++)
        while (await this.#until(this.#processes[i] as Process, this.call(i, 'allow', 1))) isOver = false;
    }
  }

  /** Never more than the limit, each unit where it is counted, and all of the limit where nothing was lost on the way. */
  verify(): void {
    const { limit, algorithm } = this.#setting;
    if (algorithm === 'fixed-window') {
      const units = new Map<string, number>();
      for (const each of this.admitted) {
        units.set(each.window, (units.get(each.window) ?? 0) + each.units);
        expect(each.atMs - Number(each.window.split(':')[1])).toBeLessThan(WINDOW_MS);
      }
      expect(Math.max(0, ...units.values())).toBeLessThanOrEqual(limit);
      // The last of them by the server's time: of an earlier one an answer may be heard later.
      const starts = [...units.keys()].map((window) => Number(window.split(':')[1]));
      if (this.isWhole) expect(units.get(`0:${Math.max(...starts)}`)).toBe(limit);
    } else
      for (const { atMs } of this.admitted) {
        const within = this.admitted.filter((other) => other.atMs >= atMs && other.atMs < atMs + WINDOW_MS);
        expect(within.reduce((sum, { units }) => sum + units, 0)).toBeLessThanOrEqual(limit);
      }
    for (const { engine, told } of this.#processes) {
      const { allowed, blocked, totalChecks } = engine.stats();
      expect({ allowed, blocked }).toEqual({ allowed: told.allowed, blocked: told.denied });
      expect(totalChecks).toBe(allowed + blocked);
    }
  }

  end(): void {
    for (const { wire } of this.#processes) wire.cut();
    this.#restore();
  }
}
