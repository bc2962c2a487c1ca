import { type Cost, show, type WaitLimits } from '@headgate/core-ts';
import type { Reserved } from '../http/options/options.js';
import type { FetchResponse, OutgoingCall } from './call/fetch-types.js';
import { mayRepeat, type ReadCall, readCall } from './call/read-call.js';
import type { FetchSettings } from './fetch-options.js';
import type { Lane } from './pace/lane.js';
import { Lanes } from './pace/lanes.js';
import type { Sent } from './pace/server-pace.js';
import { readTold } from './told/told.js';

/** What came of one sending. */
interface Tried {
  readonly response: FetchResponse;
  /** The key that the answer speaks of: after a redirect maybe another one. */
  readonly key: string;
  /** After how long the answer wants to be asked again; `undefined` where it doesn't say. */
  readonly comeBackMs: number | undefined;
  /** How long the call may still wait. */
  readonly leftMs: number;
}

/** A call that is out. */
interface Sending {
  readonly sent: Sent;
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
    let key = await this.#keyOf(call);
    let leftMs = maxWaitMs;
    for (let left = attempts; ; left--) {
      const tried = await this.#try(key, call, leftMs, () => send(input, init));
      const { response, comeBackMs } = tried;
      ({ key, leftMs } = tried);
      if (left === 0 || comeBackMs === undefined || comeBackMs > leftMs) return response;
      if (!mayRepeat(call, response.status)) return response;
      await discard(response);
    }
  }

  async #try(key: string, call: ReadCall, maxWaitMs: number, send: () => Promise<FetchResponse>): Promise<Tried> {
    const lane = this.#lanes.of(key);
    lane.present++;
    try {
      const { sent, answer, leftMs } = await this.#send(lane, call, maxWaitMs, send);
      const { response, lastKey } = await this.#answered(lane, call, sent, answer);
      const told = readTold(response);
      lane.answered(sent, lastKey === key ? told : undefined);
      const last = lastKey === key ? lane : this.#lanes.of(lastKey);
      if (last !== lane) last.note(told);
      return { response, key: lastKey, comeBackMs: told.retryAfterMs ?? (last.stayMs() || undefined), leftMs };
    } finally {
      lane.present--;
    }
  }

  /** Sends at the first instant at which the server is expected to take the call and the policy admits it. */
  async #send(lane: Lane, call: ReadCall, maxWaitMs: number, send: () => Promise<FetchResponse>): Promise<Sending> {
    const { clock } = this.#settings;
    const cost = await this.#costOf(call);
    const place = lane.place();
    const untilMs = clock.now() + maxWaitMs;
    const leftMs = () => Math.max(0, untilMs - clock.now());
    for (;;) {
      await lane.turn(place, leftMs(), call.signal);
      const reservation = await this.#reserve(lane, cost, { maxWaitMs: leftMs(), signal: call.signal });
      const sent = lane.send();
      if (sent !== undefined) {
        const answer = (async () => send())(); // at once: nothing may come between
        settle(reservation, cost);
        return { sent, answer, leftMs: leftMs() };
      }
      await reservation?.cancel(); // a unit that is not used now must not be used later
    }
  }

  async #reserve(lane: Lane, cost: Cost, wait: WaitLimits): Promise<Reserved | undefined> {
    try {
      return await this.#settings.limiter?.reserve(lane.key, cost, { wait });
    } catch (error) {
      lane.stepBack();
      throw error;
    }
  }

  /** The answer, and the key that it speaks of. */
  async #answered(lane: Lane, call: OutgoingCall, sent: Sent, answer: Promise<FetchResponse>) {
    try {
      const response = await answer;
      const last = afterRedirects(call, response);
      return { response, lastKey: last === undefined ? lane.key : await this.#keyOf(last) };
    } catch (error) {
      lane.failed(sent);
      throw error;
    }
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

/** Lets the connection go on to another call. */
async function discard({ body }: FetchResponse): Promise<void> {
  await (body as { cancel?(): Promise<void> } | null | undefined)?.cancel?.();
}
