import { freshState, type State } from './algorithms/state.js';

/** All that is held of one key: the first policy's state in itself, and its place in the order of eviction. */
export class Entry implements State {
  readonly key: string;
  startMs = 0;
  used = 0;
  parts: number[] | undefined = undefined;
  /** The states of the second policy and those after it. */
  readonly others: readonly State[] | undefined;
  /** `undefined`: never blocked. */
  blockedUntilMs: number | undefined = undefined;
  /** Which list of the order it is in. */
  list = -1;
  next: Entry = this;
  previous: Entry = this;

  constructor(key: string, policies: number) {
    this.key = key;
    this.others = policies === 1 ? undefined : Array.from({ length: policies - 1 }, freshState);
  }
}
