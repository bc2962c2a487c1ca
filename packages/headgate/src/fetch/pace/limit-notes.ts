import type { ToldLimit } from '../told/told-limit.js';

/** What one answer told of a limit. */
interface Note extends ToldLimit {
  readonly resetAtMs: number;
  /** When it came, among all that was sent and that came. */
  readonly step: number;
}

/** How calls to the server stand. */
export interface Traffic {
  readonly nowMs: number;
  /** Calls that are out and not answered: each may have used one of the units that are left. */
  readonly inFlight: number;
  /** Calls that are about to go. */
  readonly leaving: number;
  readonly lastSentMs: number;
}

/** How long a call has to stay. */
export interface Stay {
  /** 0: it may go. `Infinity`: until a call that is about to go has gone. */
  readonly ms: number;
  /** Of that, what no answer of a call in flight is expected to shorten. */
  readonly sureMs: number;
  /** The limit for which it stays; `undefined` where it stays for none, or for one that was not told. */
  readonly limit: number | undefined;
}

const GO: Stay = { ms: 0, sureMs: 0, limit: undefined };

/**
 * What is known of one limit of a server, by the notes of its answers.
 *
 * Answers come out of order. One whose call was sent after a note came is newer, and the note goes. Of those that were
 * on their way at one time nobody knows which is newest, so the one with the fewest units left counts.
 */
export class LimitNotes {
  #notes: Note[] = [];
  /** The most units that were ever left, in the place of a limit that is not told. */
  #most = 0;
  /** Whether a call had to stay for it since the last note. */
  #hasHeld = false;

  note(limit: ToldLimit, nowMs: number, sentStep: number, step: number): void {
    this.#most = Math.max(this.#most, limit.remaining);
    const kept = this.#notes.filter((note) => note.step > sentStep && note.remaining < limit.remaining);
    this.#hasHeld = false;
    this.#notes = [...kept, { ...limit, resetAtMs: nowMs + limit.resetMs, step }];
  }

  /** Whether what was known has run out while calls stayed for it; true once. */
  hasRunOut(nowMs: number): boolean {
    if (!this.#hasHeld || this.isLive(nowMs)) return false;
    this.#hasHeld = false;
    return true;
  }

  /** Whether anything is known still. */
  isLive(nowMs: number): boolean {
    return this.#lowest(nowMs) !== undefined;
  }

  /** Whether nothing is left. */
  isEmpty(nowMs: number): boolean {
    return this.#lowest(nowMs)?.remaining === 0;
  }

  /** @param spreadBelow the share of the limit below which what is left is spread over the time until there is more */
  stay(traffic: Traffic, spreadBelow: number): Stay {
    const note = this.#lowest(traffic.nowMs);
    const stay = note === undefined ? GO : { ...this.#stayBy(note, traffic, spreadBelow), limit: note.limit };
    if (stay.ms > 0) this.#hasHeld = true;
    return stay;
  }

  #stayBy(note: Note, { nowMs, inFlight, leaving, lastSentMs }: Traffic, spreadBelow: number): Omit<Stay, 'limit'> {
    const { remaining, resetAtMs, countsCalls, limit = this.#most } = note;
    const resetMs = resetAtMs - nowMs;
    if (remaining === 0) return { ms: resetMs, sureMs: resetMs };
    if (!countsCalls) return GO;
    const free = remaining - inFlight - leaving;
    if (free <= 0) return { ms: resetMs, sureMs: 0 };
    if (free > spreadBelow * limit) return GO;
    if (leaving > 0) return { ms: Number.POSITIVE_INFINITY, sureMs: 0 };
    const gapMs = (resetAtMs - lastSentMs) / (free + 1);
    const ms = Math.max(0, Math.ceil(lastSentMs + gapMs - nowMs));
    return { ms, sureMs: ms };
  }

  #lowest(nowMs: number): Note | undefined {
    if (this.#notes.some(({ resetAtMs }) => resetAtMs <= nowMs))
      this.#notes = this.#notes.filter(({ resetAtMs }) => resetAtMs > nowMs);
    return this.#notes[0]; // each note has more left than the one before it
  }
}
