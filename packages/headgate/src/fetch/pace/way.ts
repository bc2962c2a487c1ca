import type { Signal } from '@headgate/core-ts';
import type { Told } from '../told/told.js';
import type { Lane } from './lane.js';
import type { Lanes } from './lanes.js';
import type { Sent } from './server-pace.js';

/**
 * The way of one sending: through the lane of its key, and where the call was redirected and refused before, also past
 * the lane of the key that refused it.
 */
export class Way {
  readonly #lanes: Lanes;
  readonly #lane: Lane;
  readonly #beyond: Lane | undefined;
  readonly #place: number;
  readonly #placeBeyond: number;
  #sent: Sent | undefined;
  #sentBeyond: Sent | undefined;

  /** @param lastKey the key that the call was answered from before; `key` itself where it was not */
  constructor(lanes: Lanes, key: string, lastKey: string) {
    this.#lanes = lanes;
    this.#lane = lanes.of(key);
    this.#lane.present++;
    this.#beyond = lastKey === key ? undefined : lanes.of(lastKey);
    if (this.#beyond !== undefined) this.#beyond.present++;
    this.#place = this.#lane.place();
    this.#placeBeyond = this.#beyond?.place() ?? 0;
  }

  get key(): string {
    return this.#lane.key;
  }

  /** As `turn` of a lane. Nobody is kept waiting beyond while the call waits for its own lane and its policy. */
  async turn(leftMs: () => number, signal: Signal | undefined): Promise<void> {
    await this.#beyond?.turn(this.#placeBeyond, leftMs(), signal);
    this.#beyond?.stepBack();
    await this.#lane.turn(this.#place, leftMs(), signal);
  }

  stepBack(): void {
    this.#lane.stepBack();
  }

  /** Notes that the call goes now; `false` where it has to stay again, since an answer came meanwhile. */
  send(): boolean {
    if (this.#beyond?.isHeld()) {
      this.#lane.stepBack();
      return false;
    }
    this.#sent = this.#lane.send();
    if (this.#sent !== undefined) this.#sentBeyond = this.#beyond?.sendPast();
    return this.#sent !== undefined;
  }

  /** The call has no answer. */
  failed(): void {
    if (this.#sent !== undefined) this.#lane.failed(this.#sent);
    if (this.#sentBeyond !== undefined) this.#beyond?.failed(this.#sentBeyond);
  }

  /**
   * The call has an answer. Answers how long the next call to that key has to stay.
   *
   * @param key the one that `told` speaks of; `undefined` where that is not known
   */
  answered(key: string | undefined, told: Told): number {
    if (this.#sent !== undefined) this.#lane.answered(this.#sent, key === this.key ? told : undefined);
    const isBeyond = key !== undefined && key === this.#beyond?.key;
    if (this.#sentBeyond !== undefined) {
      if (isBeyond) this.#beyond?.answered(this.#sentBeyond, told);
      else this.#beyond?.failed(this.#sentBeyond); // it went another way
    }
    if (key === undefined) return 0;
    const last = this.#lanes.of(key);
    if (key !== this.key && !isBeyond) last.note(told);
    return last.stayMs();
  }

  /** Whatever came of the call, it is over. */
  leave(): void {
    this.#lane.present--;
    if (this.#beyond !== undefined) this.#beyond.present--;
  }
}
