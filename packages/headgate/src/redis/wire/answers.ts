import { decision, type Policy, type PolicyRow, show, tightest } from '@headgate/core-ts';
import type { RemoteDecision } from '../limiter/remote-engine.js';

/** What stands in the place of a call's numbers: another program wrote its key, or it is for the long script. Of all calls: they were allowed. */
export const FOREIGN = -2;
export const ELSEWHERE = -4;
export const ALL_ALLOWED = -5;
const NEVER = -1;

/** What came of calls that are alike: the first ones were allowed. */
export interface Taken {
  readonly allowed: number;
  /** How long the others have to wait, and which policy binds those. */
  readonly waitMs: number;
  readonly binding: number;
}

/** Reads the numbers that a script has answered, one after the other. */
export class Answers {
  readonly #numbers: readonly unknown[];
  #at = 0;

  /** @throws TypeError where it is no list. */
  constructor(reply: unknown) {
    this.#numbers = listOf(reply);
  }

  /** Whether all calls were allowed, and nothing more is told. */
  areAllAllowed(): boolean {
    return this.#is(ALL_ALLOWED);
  }

  /** @throws TypeError where the next one is no number. */
  next(): number {
    const number = numberOf(this.#numbers[this.#at], this.#at);
    this.#at++;
    return number;
  }

  /** Whether another program wrote the key of the next call. */
  isForeign(): boolean {
    return this.#is(FOREIGN);
  }

  /** Whether the next call is for the long script. */
  isElsewhere(): boolean {
    return this.#is(ELSEWHERE);
  }

  taken(): Taken {
    return { allowed: this.next(), waitMs: this.#nextMs(), binding: this.next() };
  }

  /** How each policy stands. */
  rows(policies: readonly Policy[]): PolicyRow[] {
    return policies.map(({ name, limit }) => ({
      name,
      limit,
      remaining: this.next(),
      resetAfterMs: this.#nextMs(),
      retryAfterMs: this.#nextMs(),
    }));
  }

  /** How a key stands by these policies. */
  decision(policies: readonly Policy[]): RemoteDecision {
    const [allowed, blockedMs, own] = [this.next() === 1, this.next(), this.rows(policies)];
    return told(allowed, blockedMs === 0 ? own : own.map((row) => underBlock(row, blockedMs)), bindingRow(own));
  }

  #is(marker: number): boolean {
    if (Number(this.#numbers[this.#at]) !== marker) return false;
    this.#at++;
    return true;
  }

  /** A time, which may never come. */
  #nextMs(): number {
    const ms = this.next();
    return ms === NEVER ? Number.POSITIVE_INFINITY : ms;
  }
}

/** The decision that these rows make; `binding`: the row that binds a denial. */
export function told(allowed: boolean, rows: PolicyRow[], binding = bindingRow(rows)): RemoteDecision {
  return decision(allowed, rows, allowed ? tightest(rows) : binding);
}

/** The row with the longest wait. */
function bindingRow(rows: readonly PolicyRow[]): number {
  const waits = rows.map(({ retryAfterMs }) => retryAfterMs);
  return waits.indexOf(Math.max(...waits));
}

function underBlock(row: PolicyRow, blockedMs: number): PolicyRow {
  const atLeast = (ms: number) => Math.max(blockedMs, ms);
  return { ...row, remaining: 0, resetAfterMs: atLeast(row.resetAfterMs), retryAfterMs: atLeast(row.retryAfterMs) };
}

/** The policy that binds a denied decision. */
export function bindingOf({ policy, policies }: RemoteDecision): number {
  return policies.findIndex(({ name }) => name === policy);
}

/** @throws TypeError for what is no list. */
export function listOf(reply: unknown): readonly unknown[] {
  if (!Array.isArray(reply)) throw new TypeError(`the server must answer a list of numbers, got ${show(reply)}`);
  return reply;
}

/** @throws TypeError for what is no number: it names the place. */
export function numberOf(value: unknown, at: number): number {
  if (!isNumber(value)) throw new TypeError(`the server must answer numbers, got ${show(value)} at ${at}`);
  return Number(value);
}

function isNumber(value: unknown): boolean {
  if (typeof value === 'string') return /^-?\d+$/.test(value);
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value));
}
