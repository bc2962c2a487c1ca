import type { Told } from '../told/told.js';
import { LimitNotes, type Stay, type Traffic } from './limit-notes.js';

/** More limits of one server are not held. */
const MOST_LIMITS = 16;
/** So long the others wait for the answer of the call that goes first after a hold. */
const PATIENCE_MS = 10_000;

/** A call that was sent. */
export interface Sent {
  readonly step: number;
  /** The hold after which it was sent to see whether more may follow; 0: after none. */
  readonly probes: number;
}

/** What is known of a server by its answers, and the calls that are out to it: when may the next one go? */
export class ServerPace {
  readonly #spreadBelow: number;
  readonly #limits = new Map<string, LimitNotes>();
  #steps = 0;
  #inFlight = 0;
  #lastSentMs = Number.NEGATIVE_INFINITY;
  #heldUntilMs = Number.NEGATIVE_INFINITY;
  /** The number of the last hold, while no call that was sent after it has been answered; 0: all is well. */
  #unsureSince = 0;
  #holds = 0;
  #probesOut = 0;

  constructor(spreadBelow: number) {
    this.#spreadBelow = spreadBelow;
  }

  /**
   * How long the next call has to stay. Where calls stayed and nothing is known any more, one goes first, and the others
   * once it was answered.
   *
   * @param leaving calls that are about to go and have not gone
   */
  stay(nowMs: number, leaving: number): Stay {
    for (const notes of this.#limits.values()) if (notes.hasRunOut(nowMs)) this.#hold();
    const traffic: Traffic = { nowMs, inFlight: this.#inFlight, leaving, lastSentMs: this.#lastSentMs };
    const heldMs = Math.max(0, this.#heldUntilMs - nowMs);
    const stays = [...this.#limits.values()].map((notes) => notes.stay(traffic, this.#spreadBelow));
    stays.push({ ms: heldMs, sureMs: heldMs, limit: undefined });
    stays.push({ ms: this.#probeMs(nowMs, leaving), sureMs: 0, limit: undefined });
    const [longest, surest] = [Math.max(...stays.map(({ ms }) => ms)), Math.max(...stays.map(({ sureMs }) => sureMs))];
    const binding = stays.find(({ ms, limit }) => ms === longest && limit !== undefined);
    return { ms: longest, sureMs: surest, limit: binding?.limit };
  }

  /** Whether nothing may be sent: for a hold, for a limit that has nothing left, or while one goes first. */
  isHeld(nowMs: number): boolean {
    if (this.#heldUntilMs > nowMs || this.#probeMs(nowMs, 0) > 0) return true;
    return [...this.#limits.values()].some((notes) => notes.isEmpty(nowMs));
  }

  sent(nowMs: number): Sent {
    this.#inFlight++;
    this.#lastSentMs = nowMs;
    if (this.#unsureSince > 0) this.#probesOut++;
    return { step: ++this.#steps, probes: this.#unsureSince };
  }

  /** The call has no answer. */
  failed({ probes }: Sent): void {
    this.#inFlight--;
    if (probes > 0 && probes === this.#unsureSince) this.#probesOut--;
  }

  answered(sent: Sent): void {
    this.failed(sent);
    if (sent.probes > 0 && sent.probes === this.#unsureSince) this.#unsureSince = 0;
  }

  /** What an answer tells; `sent`: the call that it answers, where that was sent to this server. */
  note({ retryAfterMs = 0, limits }: Told, nowMs: number, sent: Sent | undefined): void {
    const step = ++this.#steps;
    if (this.#lastSentMs === Number.NEGATIVE_INFINITY) this.#lastSentMs = nowMs;
    for (const limit of limits) this.#notesOf(limit.name, nowMs)?.note(limit, nowMs, sent?.step ?? 0, step);
    this.#heldUntilMs = Math.max(this.#heldUntilMs, nowMs + retryAfterMs);
    if (retryAfterMs > 0 || limits.some(({ remaining, resetMs }) => remaining === 0 && resetMs > 0)) this.#hold();
  }

  /** Whether nothing is out and nothing is known that would hold a call. */
  isForgettable(nowMs: number): boolean {
    return this.#inFlight === 0 && this.#heldUntilMs <= nowMs && !this.#isAnyLive(nowMs);
  }

  #hold(): void {
    this.#unsureSince = ++this.#holds;
    this.#probesOut = 0;
  }

  #probeMs(nowMs: number, leaving: number): number {
    if (this.#unsureSince === 0) return 0;
    if (leaving > 0) return Number.POSITIVE_INFINITY;
    return this.#probesOut === 0 ? 0 : Math.max(0, this.#lastSentMs + PATIENCE_MS - nowMs);
  }

  #notesOf(name: string, nowMs: number): LimitNotes | undefined {
    const known = this.#limits.get(name);
    if (known !== undefined) return known;
    if (this.#limits.size >= MOST_LIMITS)
      for (const [each, notes] of this.#limits) if (!notes.isLive(nowMs)) this.#limits.delete(each);
    if (this.#limits.size >= MOST_LIMITS) return undefined;
    const notes = new LimitNotes();
    this.#limits.set(name, notes);
    return notes;
  }

  #isAnyLive(nowMs: number): boolean {
    return [...this.#limits.values()].some((notes) => notes.isLive(nowMs));
  }
}
