import { show } from '@headgate/core-ts';

/** What every limiter of rate-limiter-flexible is made from. */
export interface LimiterNumbers {
  readonly points: number;
  readonly duration: number;
  readonly blockDuration?: number | undefined;
  readonly execEvenly?: boolean | undefined;
  readonly execEvenlyMinDelayMs?: number | undefined;
  readonly keyPrefix?: string | undefined;
}

/** In the place of the class of this name in rate-limiter-flexible, where that is not installed. */
export class RateLimiterAbstract {
  #points = 0;
  #duration = 0;
  #execEvenlyMinDelayMs: number | undefined;
  /** In seconds. */
  blockDuration: number;
  execEvenly: boolean;
  readonly keyPrefix: string;

  constructor(numbers: LimiterNumbers) {
    const { points, duration, blockDuration = 0, execEvenly = false, keyPrefix = 'rlflx' } = numbers;
    if (typeof keyPrefix !== 'string') throw new TypeError(`keyPrefix must be a string, got ${show(keyPrefix)}`);
    this.points = points;
    this.duration = duration;
    this.blockDuration = blockDuration;
    this.execEvenly = execEvenly;
    this.#execEvenlyMinDelayMs = numbers.execEvenlyMinDelayMs;
    this.keyPrefix = keyPrefix;
  }

  get points(): number {
    return this.#points;
  }

  set points(value: number) {
    if (!Number.isFinite(value)) throw new TypeError(`points must be a finite number, got ${show(value)}`);
    this.#points = value;
  }

  /** In seconds, for keys of which nothing is known yet. */
  get duration(): number {
    return this.#duration;
  }

  set duration(value: number) {
    if (!(Number.isFinite(value) && value >= 0))
      throw new TypeError(`duration must be a finite number of seconds from 0, got ${show(value)}`);
    this.#duration = value;
  }

  get msDuration(): number {
    return this.duration * 1000;
  }

  get msBlockDuration(): number {
    return this.blockDuration * 1000;
  }

  get execEvenlyMinDelayMs(): number {
    return this.#execEvenlyMinDelayMs ?? (this.points > 0 ? Math.ceil(this.msDuration / this.points) : 0);
  }

  set execEvenlyMinDelayMs(value: number) {
    this.#execEvenlyMinDelayMs = value;
  }

  getKey(key: string | number): string {
    return this.keyPrefix === '' ? String(key) : `${this.keyPrefix}:${key}`;
  }
}
