import { type Cost, show, type WaitLimits } from '@headgate/core-ts';
import type { Reserved } from '../http/options/options.js';
import type { FetchResponse, OutgoingCall } from './call/fetch-types.js';
import { mayRepeat, type ReadCall, readCall } from './call/read-call.js';
import type { FetchSettings } from './fetch-options.js';
import { Lanes } from './pace/lanes.js';
import { Way } from './pace/way.js';
import { readTold } from './told/told.js';

/** A call, and what each sending of it takes. */
interface Asked {
  readonly call: ReadCall;
  readonly cost: Cost;
  send(): Promise<FetchResponse>;
}

/** What came of one sending. */
interface Tried {
  readonly response: FetchResponse;
  /** The key that the answer speaks of: after a redirect maybe another one, or `undefined` where `key` failed. */
  readonly lastKey: string | undefined;
  /** After how long the answer wants to be asked again; `undefined` where it doesn't say. */
  readonly comeBackMs: number | undefined;
  /** How long the call may still wait. */
  readonly leftMs: number;
}

/** A call that is out. */
interface Sending {
  readonly answer: Promise<FetchResponse>;
  readonly leftMs: number;
}

/** The calls of one `createFetch` or `limitInterceptor`. */
export class Outgoing {
  readonly #settings: FetchSettings;
  readonly #lanes: Lanes;

  constructor(settings: FetchSettings) {
    this.#settings = settings;
    this.#lanes = new Lanes(settings.clock, settings.spreadBelow);
  }

  async fetch(input: unknown, init: object | undefined): Promise<FetchResponse> {
    const { send, attempts, maxWaitMs } = this.#settings;
    const call = readCall(input, init);
    if (call === undefined) return send(input, init);
    const key = await this.#keyOf(call);
    const cost = await this.#costOf(call); // once: where it fails later, an answer would be lost
    const asked: Asked = { call, cost, send: () => send(input, init) };
    let lastKey = key;
    let leftMs = maxWaitMs;
    for (let left = attempts; ; left--) {
      const tried = await this.#try(new Way(this.#lanes, key, lastKey), asked, leftMs);
      const { response, comeBackMs } = tried;
      if (left === 0 || comeBackMs === undefined || comeBackMs > tried.leftMs) return response;
      if (tried.lastKey === undefined || !mayRepeat(call, response.status)) return response;
      lastKey = tried.lastKey;
      leftMs = tried.leftMs;
      discard(response);
    }
  }

  async #try(way: Way, asked: Asked, maxWaitMs: number): Promise<Tried> {
    try {
      const { answer, leftMs } = await this.#send(way, asked, maxWaitMs);
      const response = await this.#answered(way, answer);
      const lastKey = await this.#lastKeyOf(way, asked.call, response);
      const told = readTold(response);
      const stayMs = way.answered(lastKey, told);
      return { response, lastKey, comeBackMs: told.retryAfterMs ?? (stayMs || undefined), leftMs };
    } finally {
      way.leave();
    }
  }

  /** Sends at the first instant at which the server is expected to take the call and the policy admits it. */
  async #send(way: Way, { call, cost, send }: Asked, maxWaitMs: number): Promise<Sending> {
    const { clock } = this.#settings;
    const untilMs = clock.now() + maxWaitMs;
    const leftMs = () => Math.max(0, untilMs - clock.now());
    for (;;) {
      await way.turn(leftMs, call.signal);
      const reservation = await this.#reserve(way, cost, { maxWaitMs: leftMs(), signal: call.signal });
      if (way.send()) {
        const answer = (async () => send())(); // at once: nothing may come between
        settle(reservation, cost);
        return { answer, leftMs: leftMs() };
      }
      await reservation?.cancel(); // a unit that is not used now must not be used later
    }
  }

  async #reserve(way: Way, cost: Cost, wait: WaitLimits): Promise<Reserved | undefined> {
    try {
      return await this.#settings.limiter?.reserve(way.key, cost, { wait });
    } catch (error) {
      way.stepBack();
      throw error;
    }
  }

  async #answered(way: Way, answer: Promise<FetchResponse>): Promise<FetchResponse> {
    try {
      return await answer;
    } catch (error) {
      way.failed();
      throw error;
    }
  }

  /** The key that the answer speaks of. Without one it counts for none: an answer that came is not lost for it. */
  async #lastKeyOf(way: Way, call: OutgoingCall, response: FetchResponse): Promise<string | undefined> {
    const last = afterRedirects(call, response);
    return last === undefined ? way.key : this.#keyOf(last).catch(() => undefined);
  }

  async #keyOf(call: OutgoingCall): Promise<string> {
    const key: unknown = await this.#settings.key(call);
    if (typeof key !== 'string') throw new TypeError(`key must answer a string, got ${show(key)}`);
    return key;
  }

  async #costOf(call: OutgoingCall): Promise<Cost> {
    const { cost } = this.#settings;
    return typeof cost === 'function' ? cost(call) : cost;
  }
}

/** The call as it was answered, where that was somewhere else. */
function afterRedirects(call: OutgoingCall, { redirected, url }: FetchResponse): OutgoingCall | undefined {
  if (!redirected || url === undefined || !URL.canParse(url)) return undefined;
  return { url: new URL(url), method: call.method, headers: call.headers };
}

/** The units are used. Where that can't be noted they count as used all the same. */
function settle(reservation: Reserved | undefined, cost: Cost): void {
  if (reservation === undefined) return;
  Promise.resolve(reservation.commit(cost)).catch(() => {});
}

/**
 * Lets the connection go on to another call. A body that broke off can't be cancelled, and one that somebody reads may not
 * be; nobody wants it, so neither that nor how long it takes decides what comes of the call.
 */
function discard({ body }: FetchResponse): void {
  const { cancel } = (body ?? {}) as { cancel?(): Promise<void> };
  if (typeof cancel !== 'function') return;
  (async () => cancel.call(body))().catch(() => {});
}
