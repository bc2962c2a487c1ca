import { decision, type Policy, show, tightest } from '@headgate/core-ts';
import type { RemoteDecision } from '../limiter/remote-engine.js';

/** What stands in the place of a call's numbers where another program wrote its key. */
const FOREIGN = -2;
const NEVER = -1;

/** What is answered in the place of a call's numbers by the short script, for what it leaves to the other one. */
export const ELSEWHERE = -4;

/** How many numbers a call is answered, and how much the first of them is at the most. */
export interface Shape {
  readonly size: number;
  readonly most: number;
}

/**
 * Whether a reply is one of these calls: a client that answers another's, or a server that is none, is found out before
 * anything is decided by it.
 *
 * @param shapes of each call; where another program wrote its key, it is answered one number
 * @throws TypeError for any other
 */
export function checkReply(reply: unknown, shapes: readonly Shape[]): void {
  if (!Array.isArray(reply)) throw new TypeError(`the server must answer a list of numbers, got ${show(reply)}`);
  const wrong = reply.findIndex((each) => !isNumber(each));
  if (wrong >= 0) throw new TypeError(`the server must answer numbers, got ${show(reply[wrong])} at ${wrong}`);
  let at = 1;
  for (const { size, most } of shapes) {
    const first = Number(reply[at]);
    if (first === FOREIGN) at++;
    else {
      if (first !== ELSEWHERE && !(first >= 0 && first <= most))
        throw new TypeError(`the server must answer what was asked, got ${show(reply[at])} at ${at}`);
      at += size;
    }
  }
  if (at !== reply.length)
    throw new TypeError(`the server must answer ${at} numbers to what was asked, got ${reply.length}`);
}

function isNumber(value: unknown): boolean {
  if (typeof value === 'string') return /^-?\d+$/.test(value);
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value));
}

/** Reads the numbers that a script has answered, one after the other. */
export class Answers {
  readonly #numbers: readonly unknown[];
  #at = 0;

  /** @throws TypeError where it is no list. */
  constructor(reply: unknown) {
    if (!Array.isArray(reply)) throw new TypeError(`the server must answer a list of numbers, got ${show(reply)}`);
    this.#numbers = reply;
  }

  /** @throws TypeError where the next one is no number. */
  next(): number {
    const value = this.#numbers[this.#at];
    if (!isNumber(value)) throw new TypeError(`the server must answer numbers, got ${show(value)} at ${this.#at}`);
    const number = Number(value);
    this.#at++;
    return number;
  }

  /** A time, which may never come. */
  nextMs(): number {
    const ms = this.next();
    return ms === NEVER ? Number.POSITIVE_INFINITY : ms;
  }

  /** Whether another program wrote the key of the next call. */
  isForeign(): boolean {
    if (Number(this.#numbers[this.#at]) !== FOREIGN) return false;
    this.#at++;
    return true;
  }

  /** How a key stands by these policies. */
  decision(policies: readonly Policy[]): RemoteDecision {
    const [allowed, blockedMs] = [this.next() === 1, this.next()];
    const own = policies.map(({ name, limit }) => {
      const [remaining, resetAfterMs, retryAfterMs] = [this.next(), this.nextMs(), this.nextMs()];
      return { name, limit, remaining, resetAfterMs, retryAfterMs };
    });
    const waits = own.map(({ retryAfterMs }) => retryAfterMs);
    const rows = blockedMs === 0 ? own : own.map((row) => underBlock(row, blockedMs));
    return decision(allowed, rows, allowed ? tightest(rows) : waits.indexOf(Math.max(...waits)));
  }
}

function underBlock<R extends { resetAfterMs: number; retryAfterMs: number }>(row: R, blockedMs: number) {
  const atLeast = (ms: number) => Math.max(blockedMs, ms);
  return { ...row, remaining: 0, resetAfterMs: atLeast(row.resetAfterMs), retryAfterMs: atLeast(row.retryAfterMs) };
}

/** The policy that binds a denied decision. */
export function bindingOf({ policy, policies }: RemoteDecision): number {
  return policies.findIndex(({ name }) => name === policy);
}
