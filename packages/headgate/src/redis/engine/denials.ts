import { type Decision, decision, type Policy, type Units } from '@headgate/core-ts';

/** So many denied keys are remembered; with one more, the one that was noted first goes. */
const MOST_REMEMBERED = 10_000;

interface Denial {
  readonly cost: Units;
  readonly atMs: number;
  readonly untilMs: number;
  /** The policy that binds. */
  readonly binding: number;
  /** What a call with that cost is told, where that is known until the denial ends. */
  readonly told: Decision | undefined;
}

/**
 * Keys that are denied at a cost for a time yet: they are answered without the server. Only what gives units back ends a
 * denial earlier: what this process does is seen at once, and what others do after `mostMs` at the latest.
 */
export class Denials {
  readonly #mostMs: number;
  readonly #byKey = new Map<string, Denial>();

  /** 0: nothing is remembered. */
  constructor(mostMs: number) {
    this.#mostMs = mostMs;
  }

  /** The denial of that cost, or a lower one, which is still in force. */
  of(key: string, cost: Units): Denial | undefined {
    const denial = this.#byKey.get(key);
    if (denial === undefined || typeof cost !== 'number' || cost < (denial.cost as number)) return undefined;
    if (performance.now() < denial.untilMs) return denial;
    this.#byKey.delete(key);
    return undefined;
  }

  /** What such a call is told now. */
  told(denial: Denial, cost: Units): Decision | undefined {
    const { told } = denial;
    if (told === undefined || cost !== denial.cost) return undefined;
    const goneMs = Math.floor(performance.now() - denial.atMs);
    const rows = told.policies.map((row) => ({
      ...row,
      resetAfterMs: Math.max(0, row.resetAfterMs - goneMs),
      retryAfterMs: Math.max(1, row.retryAfterMs - goneMs),
    }));
    return decision(false, rows, 0);
  }

  /** `atMs`: when the call was sent, so that nothing is denied for longer than the server says. */
  note(key: string, cost: Units, retryAfterMs: number, binding: number, atMs: number, told?: Decision): void {
    if (this.#mostMs === 0 || typeof cost !== 'number' || cost === 0 || !(retryAfterMs > 0)) return;
    this.#byKey.delete(key);
    if (this.#byKey.size >= MOST_REMEMBERED) this.#byKey.delete(this.#byKey.keys().next().value as string);
    const untilMs = atMs + Math.min(retryAfterMs, this.#mostMs);
    this.#byKey.set(key, { cost, atMs, untilMs, binding, told });
  }

  /** Of those that are still in force. */
  count(): number {
    const nowMs = performance.now();
    return [...this.#byKey.values()].filter(({ untilMs }) => nowMs < untilMs).length;
  }

  forget(key: string): void {
    this.#byKey.delete(key);
  }

  clear(): void {
    this.#byKey.clear();
  }
}

/** Whether all that a denied call is told is known until its end: nothing comes back of less before. */
export function isKnownAhead(policies: readonly Policy[], cost: Units): boolean {
  return policies.length === 1 && (policies[0]?.algorithm === 'fixed-window' || cost === 1);
}
