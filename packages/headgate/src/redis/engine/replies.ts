import { isNone, type Policy, type PolicyRow, type Units } from '@headgate/core-ts';
import type { RemoteDecision } from '../limiter/remote-engine.js';
import { type Answers, bindingOf, type Taken, told } from '../wire/answers.js';
import type { Group } from '../wire/batch.js';
import type { Answer, Call } from '../wire/call.js';
import { foreignKey, nameOf } from '../wire/key-name.js';
import type { ShortKind } from '../wire/short.js';
import { type Denials, isKnownAhead } from './denials.js';
import type { RemoteCounters } from './remote-counters.js';

/** How calls were sent. */
export interface Sent {
  readonly groups: readonly Group[];
  /** By the short script; `undefined`: by the long one. */
  readonly short: ShortKind | undefined;
  /** What they are decided by, unless they have limits of their own. */
  readonly policies: readonly Policy[];
  /** When that was, by `performance.now()`. */
  readonly atMs: number;
}

/** Settles calls with what the server has answered. */
export class Replies {
  readonly #prefix: string;
  readonly #counters: RemoteCounters;
  readonly #denials: Denials;

  constructor(prefix: string, counters: RemoteCounters, denials: Denials) {
    this.#prefix = prefix;
    this.#counters = counters;
    this.#denials = denials;
  }

  /** Answers what the short script has left to the long one. */
  read(sent: Sent, answers: Answers): Group[] {
    const others: Group[] = [];
    if (sent.short === 'a' && answers.areAllAllowed()) {
      for (const group of sent.groups)
        this.#settleAllowed(group, { allowed: group.pending.length, waitMs: 0, binding: 0 }, sent);
      return others;
    }
    for (const group of sent.groups)
      rejectingWith(group, () => {
        if (sent.short === undefined) this.#readLong(group, sent, answers);
        else if (answers.isElsewhere()) others.push(group);
        else this.#readShort(group, sent, answers);
      });
    return others;
  }

  #readShort(group: Group, sent: Sent, answers: Answers): void {
    const taken = answers.taken();
    if (group.call.kind === 'check')
      this.#settleChecked(group, group.call.cost, taken, answers.rows(sent.policies), sent);
    else this.#settleAllowed(group, taken, sent);
  }

  #readLong(group: Group, sent: Sent, answers: Answers): void {
    const { call, pending } = group;
    if (answers.isForeign()) throw new Error(foreignKey(nameOf(this.#prefix, call.key)));
    if (call.kind === 'allow') this.#settleAllowed(group, answers.taken(), sent);
    else for (const each of pending) each.resolve(this.#readOne(group, answers, sent));
  }

  /** The first ones were allowed. */
  #settleAllowed({ call, pending }: Group, { allowed, waitMs, binding }: Taken, { atMs }: Sent): void {
    pending.forEach((each, i) => {
      if (i < allowed) this.#counters.allowed++;
      else this.#counters.denied(binding);
      each.resolve(i < allowed);
    });
    if (allowed === pending.length || call.kind !== 'allow' || call.by !== undefined) return;
    this.#denials.note(call.key, call.cost, waitMs, binding, atMs);
  }

  /** Rows are as the last one left them: each of those that were allowed before had so much more to come. */
  #settleChecked({ call, pending }: Group, cost: Units, { allowed }: Taken, rows: PolicyRow[], sent: Sent): void {
    pending.forEach((each, i) => {
      const after = Math.max(0, allowed - 1 - i) * (cost as number);
      const own =
        i < allowed ? rows.map((row) => ({ ...row, remaining: row.remaining + after, retryAfterMs: 0 })) : rows;
      each.resolve(this.#decided(call, told(i < allowed, own), sent));
    });
  }

  #readOne({ call, number }: Group, answers: Answers, sent: Sent): Answer {
    if (call.kind === 'block' || call.kind === 'reset') return answers.next() === 1;
    const units = call.kind === 'lease' ? answers.next() : 0;
    const decision = answers.decision(call.by ?? sent.policies);
    if (call.kind === 'lease') return { units, number, decision };
    if (call.kind === 'check') return this.#decided(call, decision, sent);
    if (call.kind !== 'reserve') return decision;
    this.#counters.decided(decision);
    return { decision, number: decision.allowed && !isNone(call.cost) ? number : 0 };
  }

  #decided(call: Call, decision: RemoteDecision, { policies, atMs }: Sent): RemoteDecision {
    this.#counters.decided(decision);
    if (!decision.allowed && call.kind === 'check' && call.by === undefined) {
      const ahead = isKnownAhead(policies, call.cost) ? decision : undefined;
      this.#denials.note(call.key, call.cost, decision.retryAfterMs, bindingOf(decision), atMs, ahead);
    }
    return decision;
  }
}

/** What goes wrong with an answer rejects the calls that it is of. */
function rejectingWith({ pending }: Group, read: () => void): void {
  try {
    read();
  } catch (error) {
    for (const each of pending) each.reject(error);
  }
}
