import type { Call, Pending } from './call.js';

/** Calls of one script call, as they are handed over. */
export interface Group {
  readonly call: Call;
  /** Those that are alike: all are decided by one look at the key. */
  readonly pending: Pending[];
  /** Of a reservation, the number that it is settled by. */
  readonly number: number;
}

/** Calls of one turn, in the order in which they were made: those that are alike, with nothing else of their key between, are one group. */
export class Batch {
  readonly groups: Group[] = [];
  /** By key, the group that was added last. */
  readonly #last = new Map<string, Group>();

  add(pending: Pending, number: number): void {
    const { call } = pending;
    const last = this.#last.get(call.key);
    if (last !== undefined && isAlike(last.call, call)) {
      last.pending.push(pending);
      return;
    }
    const group = { call, pending: [pending], number };
    this.groups.push(group);
    this.#last.set(call.key, group);
  }
}

function isAlike(one: Call, other: Call): boolean {
  if (one.kind === 'allow') return other.kind === 'allow' && one.cost === other.cost && one.by === other.by;
  return one.kind === 'check' && other.kind === 'check' && one.cost === other.cost && one.by === other.by;
}
