import { type Rule, ruleOf } from '../algorithms/compiled-policy.js';
import * as fixedWindow from '../algorithms/fixed-window.js';
import * as slidingWindow from '../algorithms/sliding-window.js';
import type { State } from '../algorithms/state.js';
import type { Terms } from '../algorithms/terms.js';
import * as tokenBucket from '../algorithms/token-bucket.js';
import type { Decision, Policy, PolicyRow, Units } from '../contract.js';
import { decision, tightest } from '../decision.js';
import { MAX_WINDOW_MS } from '../options/policy-options.js';
import type { Entry } from './entry.js';
import { PROTECTED_RANK, RANK_SHIFT } from './eviction-order.js';
import { Reservations } from './reservations.js';
import { unitsOf } from './units.js';

/** What all policies of a limiter together say of one entry: a cost fits if it fits all of them. */
export class Ledger {
  readonly rules: readonly Rule[];
  /** The longest time in which a key comes back by itself. */
  readonly spanMs: number;
  readonly #blocks: boolean;
  /** A lone fixed window, the commonest limiter, is asked directly. */
  readonly #lone: Terms | undefined;
  /** And so is a lone sliding window, while its sub-window goes on. */
  readonly #loneSliding: Terms | undefined;
  /** And a lone token bucket, while it stays in its slot. */
  readonly #loneBucket: Terms | undefined;
  /** The first policy's. */
  readonly #upTo: readonly number[];

  /**
   * By policy: for how long a key is held since it was last taken from, once calls come with limits of their own. A token
   * bucket that is repaid by this ledger's rate may not be by theirs. 0: only its state says so.
   */
  readonly #keptMs: readonly number[];
  /** What was taken before was taken by this ledger's limits. */
  #keptFromMs = Number.POSITIVE_INFINITY;
  #byCall = new WeakMap<readonly Policy[], Ledger>();

  constructor(policies: readonly Policy[]) {
    this.rules = policies.map(ruleOf);
    this.spanMs = Math.max(...this.rules.map(({ terms }) => terms.spanMs));
    this.#blocks = policies.some(({ blockForMs }) => blockForMs > 0);
    const [first] = this.rules;
    this.#lone = policies.length === 1 && first?.calls === fixedWindow ? first.terms : undefined;
    this.#loneSliding = policies.length === 1 && first?.calls === slidingWindow ? first.terms : undefined;
    this.#loneBucket = policies.length === 1 && first?.calls === tokenBucket ? first.terms : undefined;
    this.#upTo = (first as Rule).upTo;
    this.#keptMs = policies.map(keptMs);
  }

  /** What decides a call that comes with policies of its own. */
  of(by: readonly Policy[] | undefined, nowMs: number): Ledger {
    if (by === undefined) return this;
    this.keepFrom(nowMs);
    const known = this.#byCall.get(by);
    if (known !== undefined) return known;
    const ledger = new Ledger(by);
    this.#byCall.set(by, ledger);
    return ledger;
  }

  /** From when on keys are held for calls with limits of their own; `Infinity`: there was none. */
  get keptFromMs(): number {
    return this.#keptFromMs;
  }

  keepFrom(nowMs: number): void {
    this.#keptFromMs = Math.min(this.#keptFromMs, nowMs);
  }

  /** Whether a key never seen could take the cost. */
  canEverFit(cost: Units): boolean {
    for (let i = 0; i < this.rules.length; i++)
      if (unitsOf(cost, i) > (this.rules[i] as Rule).terms.burst) return false;
    return true;
  }

  fits(entry: Entry, cost: Units, nowMs: number): boolean {
    if (this.#lone !== undefined) return fixedWindow.fits(entry, this.#lone, unitsOf(cost, 0), nowMs);
    for (let i = 0; i < this.rules.length; i++) {
      const { calls, terms } = this.rules[i] as Rule;
      if (!calls.fits(stateOf(entry, i), terms, unitsOf(cost, i), nowMs)) return false;
    }
    return true;
  }

  /**
   * Takes units where that is all there is to do: of a lone window that goes on, in an entry that stays in its
   * list. `reading`: the time, not rounded down. Answers whether it did.
   */
  addInWindow(entry: Entry, units: number, reading: number): boolean {
    const used = entry.used + units;
    if (entry.used === 0 || !(used <= (this.#upTo[entry.list >>> RANK_SHIFT] as number))) return false;
    const lone = this.#lone;
    if (lone === undefined) return this.#addInSubWindow(entry, units, reading);
    if (entry.extra !== undefined || reading - entry.startMs >= lone.windowMs) return false;
    entry.used = used;
    return true;
  }

  #addInSubWindow(entry: Entry, units: number, reading: number): boolean {
    const { extra } = entry;
    if (this.#loneSliding === undefined || extra?.parts === undefined || extra.isSpecial) return false;
    const used = entry.used + units;
    const rank = entry.list >>> RANK_SHIFT;
    if (rank > 0 && used <= (this.#upTo[rank - 1] as number)) return false; // a call with a smaller limit had placed it
    if (!slidingWindow.addInSubWindow(extra.parts, this.#loneSliding, units, reading - entry.startMs)) return false;
    entry.used = used;
    return true;
  }

  /**
   * Takes units, more than 0 of some policy: those that fit, or what was used beyond an estimate. Answers whether the entry
   * has to be placed anew for that: where its rank rises or its time may move, which in a fixed window it does at
   * the start only.
   */
  add(entry: Entry, units: Units, nowMs: number): boolean {
    entry.extra?.reservations?.beforeTaking(units, this.rules, statesOf(entry), nowMs);
    if (this.#lone !== undefined) {
      const { startMs } = entry;
      fixedWindow.add(entry, this.#lone, unitsOf(units, 0), nowMs);
      return startMs !== entry.startMs || !(entry.used <= (this.#upTo[entry.list >>> RANK_SHIFT] as number));
    }
    const rank = entry.list >>> RANK_SHIFT;
    let stays = true;
    for (let i = 0; i < this.rules.length; i++) {
      const { calls, terms, upTo } = this.rules[i] as Rule;
      const own = unitsOf(units, i);
      if (own === 0) continue;
      const state = stateOf(entry, i);
      const { startMs } = state;
      calls.add(state, terms, own, nowMs);
      if (calls !== fixedWindow || startMs !== state.startMs || !(state.used <= (upTo[rank] as number))) stays = false;
    }
    return !stays;
  }

  /** Notes that what was taken just now may be given back. Answers which one falls out for it, if one does. */
  reserve(entry: Entry, number: number): number | undefined {
    const extra = entry.more();
    extra.reservations ??= new Reservations();
    return extra.reservations.open(number, this.rules, statesOf(entry));
  }

  /** Forgets a reservation, and gives back so many of its units as far as they still count. */
  settle(entry: Entry, number: number, units: Units, nowMs: number): void {
    const reservations = entry.extra?.reservations;
    reservations?.settle(number, units, this.rules, statesOf(entry), nowMs);
    if (reservations?.isEmpty) entry.more().reservations = undefined;
  }

  /** Lets the oldest one that is open fall out. */
  dropOldest(entry: Entry): void {
    const reservations = entry.extra?.reservations;
    reservations?.dropOldest();
    if (reservations?.isEmpty) entry.more().reservations = undefined;
  }

  /** Makes an entry of another ledger's policies one of these. */
  change(entry: Entry, from: Ledger, nowMs: number): void {
    const states = statesOf(entry);
    entry.extra?.reservations?.change(from.rules, this.rules, states, nowMs);
    states.forEach((state, i) => {
      const { calls, terms } = this.rules[i] as Rule;
      calls.change(state, (from.rules[i] as Rule).terms, terms, nowMs);
    });
  }

  /** For how long the denial of a cost blocks the key: the longest block of the policies that deny it. */
  blockAskedMs(entry: Entry, cost: Units, nowMs: number): number {
    let askedMs = 0;
    if (!this.#blocks || !this.canEverFit(cost)) return askedMs;
    for (let i = 0; i < this.rules.length; i++) {
      const { calls, terms } = this.rules[i] as Rule;
      if (terms.blockForMs <= askedMs || calls.fits(stateOf(entry, i), terms, unitsOf(cost, i), nowMs)) continue;
      askedMs = terms.blockForMs;
    }
    return askedMs;
  }

  /** Whether the key is as good as never seen. */
  isFresh(entry: Entry, nowMs: number): boolean {
    if (blockLeftMs(entry, nowMs) > 0) return false;
    return this.rules.every((_, i) => this.isFreshBy(i, stateOf(entry, i), nowMs));
  }

  /** Forgets what is over by these limits: others may look at it differently, and it may be reclaimed at any time. */
  dropExpired(entry: Entry, nowMs: number): void {
    for (let i = 0; i < this.rules.length; i++) {
      const state = stateOf(entry, i);
      if (this.isFreshBy(i, state, nowMs)) state.used = 0;
    }
  }

  /** Whether it is by one policy. */
  isFreshBy(policy: number, state: State, nowMs: number): boolean {
    const { calls, terms } = this.rules[policy] as Rule;
    return calls.isFresh(state, terms, nowMs) && this.#keptForMs(policy, state, nowMs) === 0;
  }

  #keptForMs(policy: number, { used, startMs }: State, nowMs: number): number {
    if (used === 0 || startMs < this.#keptFromMs) return 0;
    return Math.max(0, (this.#keptMs[policy] as number) - (nowMs - startMs));
  }

  /** How much is used by the policy of which most is: in halves of the limit, down to a sixty-fourth. */
  rank(entry: Entry, nowMs: number): number {
    if (blockLeftMs(entry, nowMs) > 0) return PROTECTED_RANK;
    const was = entry.list < 0 ? 0 : entry.list >>> RANK_SHIFT; // most entries stay where they are
    let rank = was;
    while (rank < PROTECTED_RANK && !this.#isWithin(rank, entry, nowMs)) rank++;
    if (rank === was) while (rank > 0 && this.#isWithin(rank - 1, entry, nowMs)) rank--;
    return rank;
  }

  #isWithin(rank: number, entry: Entry, nowMs: number): boolean {
    for (let i = 0; i < this.rules.length; i++) {
      const { calls, terms, upTo } = this.rules[i] as Rule;
      if (!calls.within(stateOf(entry, i), terms, upTo[rank] as number, nowMs)) return false;
    }
    return true;
  }

  /**
   * Whether a lone token bucket that was taken from just now has the rank of its list still, and will be repaid in a
   * slot of time: that it stays where it is, said without a division.
   */
  isRepaidIn(fromMs: number, grainMs: number, { list, startMs, used, extra }: Entry, nowMs: number): boolean {
    const bucket = this.#loneBucket;
    if (
      bucket === undefined ||
      this.#keptFromMs !== Number.POSITIVE_INFINITY ||
      extra !== undefined ||
      list < 0 ||
      startMs !== nowMs
    )
      return false;
    const { limit, windowMs } = bucket;
    const rank = list >>> RANK_SHIFT;
    if (!(used <= (this.#upTo[rank] as number) * windowMs)) return false;
    if (rank > 0 && used <= (this.#upTo[rank - 1] as number) * windowMs) return false;
    const afterMs = fromMs - nowMs - 1;
    return used > afterMs * limit && used <= (afterMs + grainMs) * limit;
  }

  /** When to look again: when the key is fresh or, if it is protected, when it no longer is. */
  dueMs(entry: Entry, rank: number, nowMs: number): number {
    let afterMs = blockLeftMs(entry, nowMs);
    for (let i = 0; i < this.rules.length; i++) {
      const { calls, terms } = this.rules[i] as Rule;
      const state = stateOf(entry, i);
      const ownMs =
        rank === PROTECTED_RANK && terms.burst > 0
          ? calls.retryAfterMs(state, terms, 1, nowMs)
          : Math.max(calls.resetAfterMs(state, terms, nowMs), this.#keptForMs(i, state, nowMs));
      afterMs = Math.max(afterMs, ownMs);
    }
    return nowMs + afterMs;
  }

  /** The policy that binds a denial: the longest to wait for, the first of those. */
  binding(entry: Entry, cost: Units, nowMs: number): number {
    if (this.rules.length === 1) return 0;
    const waits = this.rules.map(({ calls, terms }, i) =>
      calls.retryAfterMs(stateOf(entry, i), terms, unitsOf(cost, i), nowMs),
    );
    return waits.indexOf(Math.max(...waits));
  }

  /** How long a cost has to wait for a lone policy, by that alone; none at all where it can never fit. */
  waitMs(entry: Entry, cost: number, nowMs: number): number {
    const { calls, terms } = this.rules[0] as Rule;
    return cost > terms.burst ? 0 : calls.retryAfterMs(entry, terms, cost, nowMs);
  }

  /** How the key stands, for `blockedMs` more under a block. */
  decision(allowed: boolean, entry: Entry, cost: Units, nowMs: number, blockedMs: number): Decision {
    const rows = this.rules.map(({ calls, terms }, i): PolicyRow => {
      const state = stateOf(entry, i);
      const own = calls.retryAfterMs(state, terms, unitsOf(cost, i), nowMs);
      return {
        name: terms.name,
        limit: terms.limit,
        remaining: blockedMs > 0 ? 0 : calls.remaining(state, terms, nowMs),
        resetAfterMs: Math.max(blockedMs, calls.resetAfterMs(state, terms, nowMs)),
        retryAfterMs: allowed ? 0 : Math.max(blockedMs, own),
      };
    });
    return decision(allowed, rows, allowed ? tightest(rows) : this.binding(entry, cost, nowMs));
  }
}

/** The longest that a bucket takes to be repaid by any limit, whose burst follows it unless it is another. */
function keptMs({ algorithm, limit, burst, windowMs }: Policy): number {
  if (algorithm !== 'token-bucket') return 0;
  return burst === limit ? windowMs : Math.min(burst * windowMs, MAX_WINDOW_MS);
}

/** What is left of the block that an entry is under; 0 if it is under none. */
export function blockLeftMs({ extra }: Entry, nowMs: number): number {
  const blockedUntilMs = extra?.blockedUntilMs;
  return blockedUntilMs === undefined ? 0 : Math.max(0, blockedUntilMs - nowMs);
}

function stateOf(entry: Entry, policy: number): State {
  return policy === 0 ? entry : (entry.extra?.others?.[policy - 1] as State);
}

/** One state per policy. */
export function statesOf(entry: Entry): State[] {
  return [entry, ...(entry.extra?.others ?? [])];
}
