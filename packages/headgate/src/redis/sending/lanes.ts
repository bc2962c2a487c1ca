/**
 * Numbers for calls on their way, each of one call at a time. A server notes of each lane the last script call that it has
 * run; where calls may overtake each other, those of one lane can't.
 */
export class Lanes {
  readonly #free: number[] = [];
  #made = 0;

  take(): number {
    return this.#free.pop() ?? this.#made++;
  }

  /** Once the client is done with the call, and sends it no more. */
  give(lane: number): void {
    this.#free.push(lane);
  }
}
