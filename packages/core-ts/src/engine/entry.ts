import { freshState, type State } from '../algorithms/state.js';
import type { Reservations } from './reservations.js';

/** What most entries have none of. */
class Extra {
  parts: number[] | undefined = undefined;
  /** The states of the second policy and those after it. */
  others: readonly State[] | undefined = undefined;
  /** `undefined`: never blocked. */
  blockedUntilMs: number | undefined = undefined;
  /** What was reserved and is not settled. */
  reservations: Reservations | undefined = undefined;

  /** Whether a call has more to look at than the states. */
  get isSpecial(): boolean {
    return this.blockedUntilMs !== undefined || this.reservations !== undefined;
  }
}

/** All that is held of one key: the first policy's state in itself, and its place in the order of eviction. */
export class Entry implements State {
  /** As it is held: folded where it is long, in memory of its own. */
  readonly key: string;
  startMs = 0;
  used = 0;
  extra: Extra | undefined = undefined;
  /** Which list of the order it is in; -1 before it is in one and after it was forgotten. */
  list = -1;
  next: Entry = this;
  previous: Entry = this;

  constructor(key: string, policies: number) {
    this.key = key;
    if (policies > 1) this.more().others = Array.from({ length: policies - 1 }, freshState);
  }

  get parts(): number[] | undefined {
    return this.extra?.parts;
  }

  set parts(parts: number[] | undefined) {
    this.more().parts = parts;
  }

  more(): Extra {
    this.extra ??= new Extra();
    return this.extra;
  }
}
