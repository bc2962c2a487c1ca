import { type CompiledPolicy, compile, stateWords } from '../algorithms/compiled-policy.js';
import * as fixedWindow from '../algorithms/fixed-window.js';
import { TIME, USED, type Words, wordAt } from '../algorithms/state.js';
import type { Decision, Policy, PolicyRow, Units } from '../contract.js';
import { decision, tightest } from '../decision.js';
import { MAX_WINDOW_MS } from '../options/policy-options.js';
import { unitsOf } from '../units.js';
import { PROTECTED_RANK } from './eviction-order.js';

/**
 * What all policies of a limiter together say of one entry: a cost fits if it fits all of them. The states of an entry
 * stand one after the other, and begin at the word `at`.
 *
 * Reads side by side with `core-native/src/engine/policy_set.rs`.
 */
export class PolicySet {
  readonly policies: readonly CompiledPolicy[];
  /** How many words the states of an entry have. */
  readonly stateWords: number;
  /** The longest time in which a key comes back by itself. */
  readonly spanMs: number;
  readonly #blocks: boolean;
  /**
   * By policy: for how long a key is held since it was last taken from, once calls come with limits of their own. A token
   * bucket that is repaid by this rate may not be by theirs. 0: only its state says so.
   */
  readonly #keptMs: readonly number[];
  /** What was taken before was taken by these limits. */
  #keptFromMs = Number.POSITIVE_INFINITY;
  #byCall = new WeakMap<readonly Policy[], PolicySet>();

  constructor(policies: readonly Policy[]) {
    this.policies = compile(policies);
    this.stateWords = stateWords(this.policies);
    this.spanMs = Math.max(...this.policies.map(({ terms }) => terms.spanMs));
    this.#blocks = policies.some(({ blockForMs }) => blockForMs > 0);
    this.#keptMs = policies.map(keptMs);
  }

  /** What decides a call that comes with policies of its own. */
  of(by: readonly Policy[], nowMs: number): PolicySet {
    this.keepFrom(nowMs);
    const known = this.#byCall.get(by);
    if (known !== undefined) return known;
    const policySet = new PolicySet(by);
    this.#byCall.set(by, policySet);
    return policySet;
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
    for (let i = 0; i < this.policies.length; i++)
      if (unitsOf(cost, i) > (this.policies[i] as CompiledPolicy).terms.burst) return false;
    return true;
  }

  fits(words: Words, at: number, cost: Units, nowMs: number): boolean {
    for (let i = 0; i < this.policies.length; i++) {
      const { algorithm, terms, offset } = this.policies[i] as CompiledPolicy;
      if (!algorithm.fits(words, at + offset, terms, unitsOf(cost, i), nowMs)) return false;
    }
    return true;
  }

  /**
   * Takes units, more than 0 of some policy: those that fit, or what was used beyond an estimate. Answers whether the entry
   * stays in a list of that rank: where neither its rank rises nor its time may move, which in a fixed window it does at
   * the start only.
   */
  add(words: Words, at: number, units: Units, nowMs: number, rank: number): boolean {
    let stays = true;
    for (let i = 0; i < this.policies.length; i++) {
      const { algorithm, terms, offset, rankBounds } = this.policies[i] as CompiledPolicy;
      const own = unitsOf(units, i);
      if (own === 0) continue;
      const state = at + offset;
      const startMs = words[state + TIME];
      algorithm.add(words, state, terms, own, nowMs);
      const isWithin = wordAt(words, state + USED) <= (rankBounds[rank] as number);
      if (algorithm !== fixedWindow.calls || startMs !== words[state + TIME] || !isWithin) stays = false;
    }
    return stays;
  }

  /** Makes an entry of another set's policies one of these, in words that are all zero. */
  change(from: PolicySet, old: Words, was: number, words: Words, at: number, nowMs: number): void {
    this.policies.forEach(({ algorithm, terms, offset }, i) => {
      const before = from.policies[i] as CompiledPolicy;
      algorithm.change(old, was + before.offset, before.terms, words, at + offset, terms, nowMs);
    });
  }

  /** For how long the denial of a cost blocks the key: the longest block of the policies that deny it. */
  blockAskedMs(words: Words, at: number, cost: Units, nowMs: number): number {
    let askedMs = 0;
    if (!this.#blocks || !this.canEverFit(cost)) return askedMs;
    for (let i = 0; i < this.policies.length; i++) {
      const { algorithm, terms, offset } = this.policies[i] as CompiledPolicy;
      if (terms.blockForMs <= askedMs) continue;
      if (!algorithm.fits(words, at + offset, terms, unitsOf(cost, i), nowMs)) askedMs = terms.blockForMs;
    }
    return askedMs;
  }

  /** Whether all policies see the key as good as never seen. */
  isFresh(words: Words, at: number, nowMs: number): boolean {
    return this.policies.every((_, i) => this.isFreshBy(i, words, at, nowMs));
  }

  /** Forgets what is over by these limits: others may look at it differently, and it may be reclaimed at any time. */
  dropExpired(words: Words, at: number, nowMs: number): void {
    this.policies.forEach(({ offset }, i) => {
      if (this.isFreshBy(i, words, at, nowMs)) words[at + offset + USED] = 0;
    });
  }

  /** Whether it is by one policy. */
  isFreshBy(policy: number, words: Words, at: number, nowMs: number): boolean {
    const { algorithm, terms, offset } = this.policies[policy] as CompiledPolicy;
    return algorithm.isFresh(words, at + offset, terms, nowMs) && this.#keptForMs(policy, words, at, nowMs) === 0;
  }

  #keptForMs(policy: number, words: Words, at: number, nowMs: number): number {
    const state = at + (this.policies[policy] as CompiledPolicy).offset;
    const startMs = wordAt(words, state + TIME);
    if (words[state + USED] === 0 || startMs < this.#keptFromMs) return 0;
    return Math.max(0, (this.#keptMs[policy] as number) - (nowMs - startMs));
  }

  /**
   * How much is used by the policy of which most is: in halves of the limit, down to a sixty-fourth.
   *
   * @param was the rank that it had: most entries stay where they are
   */
  rank(words: Words, at: number, nowMs: number, was: number): number {
    let rank = was;
    while (rank < PROTECTED_RANK && !this.#isWithin(rank, words, at, nowMs)) rank++;
    if (rank === was) while (rank > 0 && this.#isWithin(rank - 1, words, at, nowMs)) rank--;
    return rank;
  }

  #isWithin(rank: number, words: Words, at: number, nowMs: number): boolean {
    for (let i = 0; i < this.policies.length; i++) {
      const { algorithm, terms, offset, rankBounds } = this.policies[i] as CompiledPolicy;
      if (!algorithm.within(words, at + offset, terms, rankBounds[rank] as number, nowMs)) return false;
    }
    return true;
  }

  /** In how long to look again: when the key is fresh or, if it is protected, when it no longer is. */
  dueAfterMs(words: Words, at: number, rank: number, nowMs: number): number {
    let afterMs = 0;
    for (let i = 0; i < this.policies.length; i++) {
      const { algorithm, terms, offset } = this.policies[i] as CompiledPolicy;
      const ownMs =
        rank === PROTECTED_RANK && terms.burst > 0
          ? algorithm.retryAfterMs(words, at + offset, terms, 1, nowMs)
          : Math.max(algorithm.resetAfterMs(words, at + offset, terms, nowMs), this.#keptForMs(i, words, at, nowMs));
      afterMs = Math.max(afterMs, ownMs);
    }
    return afterMs;
  }

  /** The policy that binds a denial: the longest to wait for, the first of those. */
  binding(words: Words, at: number, cost: Units, nowMs: number): number {
    if (this.policies.length === 1) return 0;
    const waits = this.policies.map(({ algorithm, terms, offset }, i) =>
      algorithm.retryAfterMs(words, at + offset, terms, unitsOf(cost, i), nowMs),
    );
    return waits.indexOf(Math.max(...waits));
  }

  /** How long a cost has to wait for a lone policy, by that alone; none at all where it can never fit. */
  waitMs(words: Words, at: number, cost: number, nowMs: number): number {
    const { algorithm, terms } = this.policies[0] as CompiledPolicy;
    return cost > terms.burst ? 0 : algorithm.retryAfterMs(words, at, terms, cost, nowMs);
  }

  /** How the key stands, for `blockedMs` more under a block. */
  decision(allowed: boolean, words: Words, at: number, cost: Units, nowMs: number, blockedMs: number): Decision {
    const { algorithm, terms } = this.policies[0] as CompiledPolicy;
    const rows = [algorithm.row(words, at, terms, unitsOf(cost, 0), nowMs, allowed)];
    if (this.policies.length === 1 && blockedMs === 0) return decision(allowed, rows, 0);
    return this.#decisionByAll(allowed, rows, words, at, cost, nowMs, blockedMs);
  }

  #decisionByAll(
    allowed: boolean,
    rows: PolicyRow[],
    words: Words,
    at: number,
    cost: Units,
    nowMs: number,
    blockedMs: number,
  ): Decision {
    for (let i = 1; i < this.policies.length; i++) {
      const { algorithm, terms, offset } = this.policies[i] as CompiledPolicy;
      rows.push(algorithm.row(words, at + offset, terms, unitsOf(cost, i), nowMs, allowed));
    }
    const shown = blockedMs > 0 ? rows.map((row) => underBlock(row, blockedMs)) : rows;
    return decision(allowed, shown, allowed ? tightest(shown) : this.binding(words, at, cost, nowMs));
  }
}

function underBlock({ name, limit, resetAfterMs, retryAfterMs }: PolicyRow, blockedMs: number): PolicyRow {
  const atLeast = (ms: number) => Math.max(blockedMs, ms);
  return { name, limit, remaining: 0, resetAfterMs: atLeast(resetAfterMs), retryAfterMs: atLeast(retryAfterMs) };
}

/** The longest that a bucket takes to be repaid by any limit, whose burst follows it unless it is another. */
function keptMs({ algorithm, limit, burst, windowMs }: Policy): number {
  if (algorithm !== 'token-bucket') return 0;
  return burst === limit ? windowMs : Math.min(burst * windowMs, MAX_WINDOW_MS);
}
