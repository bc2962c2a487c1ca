import type { BreakerFacts } from '../inspect/inspection.js';
import type { Breaker } from './breaker.js';

/** A breaker for each server: of a cluster one for each master, so that one that is lost leaves the others alone. */
export class Breakers {
  readonly #make: (slot: number) => Breaker;
  readonly #masterOf: (slot: number) => string | undefined;
  readonly #byMaster = new Map<string, Breaker>();

  /**
   * @param make a breaker that probes the server which has a slot
   * @param masterOf names that server, as far as it is known
   */
  constructor(make: (slot: number) => Breaker, masterOf: (slot: number) => string | undefined = () => undefined) {
    this.#make = make;
    this.#masterOf = masterOf;
  }

  /** Whether any is open: then some calls are decided without their server. */
  get isAnyOpen(): boolean {
    for (const { isOpen } of this.#byMaster.values()) if (isOpen) return true;
    return false;
  }

  of(slot: number): Breaker {
    const master = this.#masterOf(slot) ?? '';
    let breaker = this.#byMaster.get(master);
    if (breaker === undefined) {
      breaker = this.#make(slot);
      this.#byMaster.set(master, breaker);
    }
    return breaker;
  }

  /** Of the one that has been open for longest, or that has failed at all. */
  facts(): BreakerFacts {
    const all = [...this.#byMaster.values()];
    const open = all.filter(({ isOpen }) => isOpen).sort((a, b) => Number(a.openSince) - Number(b.openSince));
    const { isOpen, openSince, lastError } = open[0] ?? all.find((each) => each.lastError !== undefined) ?? NONE;
    return { isOpen, openSince, lastError };
  }
}

const NONE: BreakerFacts = { isOpen: false, openSince: undefined, lastError: undefined };
