import type { Decision, PolicyRow } from '@headgate/core-ts';
import type { MaybePromise } from '../callbacks/maybe-promise.js';

/** Who a request comes from, before it is decided on. Each is read when it is asked for. */
export interface Client {
  /** The whole of it, behind trusted proxies too; `undefined` where it can't be read. `maskAddress` cuts it as `'ip'` does. */
  readonly address: string | undefined;
  /** What the request counts by; a promise where a function of yours answers one. */
  readonly key: MaybePromise<string>;
}

/** How a client is read. */
export interface ClientReader<R> {
  readonly address: (request: R) => string | undefined;
  readonly key: (request: R) => MaybePromise<string>;
}

/** What a key function gets: it makes the key, so it has none yet. */
export class Asker<R> implements Pick<Client, 'address'> {
  readonly #request: R;
  readonly #read: (request: R) => string | undefined;

  constructor(request: R, address: (request: R) => string | undefined) {
    this.#request = request;
    this.#read = address;
  }

  get address(): string | undefined {
    return this.#read(this.#request);
  }
}

export class RequestClient<R> extends Asker<R> implements Client {
  readonly #readKey: () => MaybePromise<string>;

  constructor(request: R, { address, key }: ClientReader<R>) {
    super(request, address);
    this.#readKey = () => key(request);
  }

  get key(): MaybePromise<string> {
    return this.#readKey();
  }
}

/** A decision on a request, and who it is about. */
export interface HttpDecision extends Decision {
  /** What the request counted by. */
  readonly key: string;
  /** The client's whole address, read when it is asked for; `undefined` where it can't be. */
  readonly address: string | undefined;
  /** `true` where a limiter on a server decided without it, since it did not answer. */
  readonly degraded?: true | undefined;
}

/** A limiter's decision with who it is about. A copy, since limiters may hand out one object twice. */
export class RequestDecision<R> implements HttpDecision {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  readonly resetAfterMs: number;
  readonly retryAfterMs: number;
  readonly resetAfterSeconds: number;
  readonly retryAfterSeconds: number;
  readonly policy: string;
  readonly policies: readonly PolicyRow[];
  readonly key: string;
  readonly degraded: true | undefined;
  readonly #request: R;
  readonly #read: (request: R) => string | undefined;

  constructor(
    decision: Decision & Pick<HttpDecision, 'degraded'>,
    key: string,
    request: R,
    address: (request: R) => string | undefined,
  ) {
    this.allowed = decision.allowed;
    this.limit = decision.limit;
    this.remaining = decision.remaining;
    this.resetAfterMs = decision.resetAfterMs;
    this.retryAfterMs = decision.retryAfterMs;
    this.resetAfterSeconds = decision.resetAfterSeconds;
    this.retryAfterSeconds = decision.retryAfterSeconds;
    this.policy = decision.policy;
    this.policies = decision.policies;
    this.key = key;
    this.degraded = decision.degraded;
    this.#request = request;
    this.#read = address;
  }

  get address(): string | undefined {
    return this.#read(this.#request);
  }
}
