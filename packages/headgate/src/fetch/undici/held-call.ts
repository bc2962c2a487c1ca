import type { FetchResponse } from '../call/fetch-types.js';
import type { Controller, Dispatch, DispatchHandler, DispatchOptions, Fields } from './dispatch-types.js';
import { answerOf, headersOf, urlOf } from './read-dispatch.js';

/** The first status of an answer: those below announce one. */
const FINAL = 200;

/** One call of a dispatcher: what `Outgoing` reads of it, and the handler of what is sent, which hands everything on. */
export class HeldCall implements DispatchHandler {
  readonly #dispatch: Dispatch;
  readonly #options: DispatchOptions;
  readonly #handler: DispatchHandler;
  readonly #wait = new AbortController();
  #resolve: (answer: FetchResponse) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #isOver = false;

  constructor(dispatch: Dispatch, options: DispatchOptions, handler: DispatchHandler) {
    this.#dispatch = dispatch;
    this.#options = options;
    this.#handler = handler;
  }

  get url(): URL {
    return urlOf(this.#options);
  }

  get method(): string {
    return this.#options.method;
  }

  get headers(): Headers {
    return headersOf(this.#options);
  }

  get signal(): AbortSignal {
    return this.#wait.signal;
  }

  /** Hands over how the wait is ended. Once the call is sent it is started again, and then ended by what sends it. */
  start(): void {
    const { signal } = this;
    this.#handler.onRequestStart?.(
      {
        paused: false,
        get aborted() {
          return signal.aborted;
        },
        get reason() {
          return signal.reason ?? null;
        },
        abort: (reason) => this.#wait.abort(reason),
        pause() {}, // nothing comes before it is sent
        resume() {},
      },
      {},
    );
  }

  /** Answers once the head of the answer is there. */
  send(): Promise<FetchResponse> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#dispatch(this.#options, this);
    });
  }

  failed(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#handler.onResponseError?.(null, error);
  }

  onRequestStart(controller: Controller, context: unknown): void {
    this.#handler.onRequestStart?.(controller, context);
  }

  onRequestUpgrade(controller: Controller, status: number, fields: Fields, socket: unknown): void {
    this.#resolve(answerOf(status, fields));
    this.#handler.onRequestUpgrade?.(controller, status, fields, socket);
  }

  onResponseStart(controller: Controller, status: number, fields: Fields, message?: string): void {
    if (status >= FINAL) this.#resolve(answerOf(status, fields));
    this.#handler.onResponseStart?.(controller, status, fields, message);
  }

  onResponseData(controller: Controller, chunk: unknown): void {
    this.#handler.onResponseData?.(controller, chunk);
  }

  onResponseEnd(controller: Controller, trailers: Fields): void {
    this.#isOver = true;
    this.#handler.onResponseEnd?.(controller, trailers);
  }

  onResponseError(controller: Controller | null, error: unknown): void {
    this.#isOver = true;
    this.#reject(error);
    this.#handler.onResponseError?.(controller, error);
  }
}
