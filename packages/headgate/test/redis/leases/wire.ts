import type { Redis } from 'ioredis';

/** How the server stood when a script call had run. */
export interface Heard {
  readonly atMs: number;
  /** Which window was running then. */
  readonly window: string;
}

interface Sent {
  run(): Promise<unknown>;
  resolve(reply: unknown): void;
  reject(error: unknown): void;
}

/** The connection of one process, on which calls and answers travel when the test says so, in their order. */
export class Wire {
  readonly #redis: Redis;
  readonly #stand: () => Promise<Heard>;
  readonly #now: () => number;
  readonly #calls: Sent[] = [];
  readonly #answers: (() => void)[] = [];
  /** With the answer that came last. */
  heard: Heard = { atMs: 0, window: '' };
  isCut = false;

  constructor(redis: Redis, now: () => number, stand: () => Promise<Heard>) {
    this.#redis = redis;
    this.#now = now;
    this.#stand = stand;
  }

  evalsha(sha: string, keys: string[], args: string[]): Promise<unknown> {
    return this.#send(args, (own) => this.#redis.evalsha(sha, keys.length, ...keys, ...own));
  }

  eval(script: string, keys: string[], args: string[]): Promise<unknown> {
    return this.#send(args, (own) => this.#redis.eval(script, keys.length, ...keys, ...own));
  }

  /** Time is the server's when the call arrives, not when it was sent. */
  #send(args: string[], run: (args: string[]) => Promise<unknown>): Promise<unknown> {
    if (this.isCut || args.length === 0) return Promise.resolve('');
    return new Promise((resolve, reject) => {
      this.#calls.push({ run: () => run([String(this.#now()), ...args.slice(1)]), resolve, reject });
    });
  }

  /** The oldest call reaches the server, and its answer is on its way. `isLost`: for ever. */
  async arrive(isLost = false): Promise<boolean> {
    const sent = this.#calls.shift();
    if (sent === undefined) return false;
    const atMs = this.#now();
    try {
      const reply = await sent.run();
      const heard = { ...(await this.#stand()), atMs };
      if (isLost) this.#answers.push(() => sent.reject(new Error('lost')));
      else
        this.#answers.push(() => {
          this.heard = heard;
          sent.resolve(reply);
        });
    } catch (error) {
      this.#answers.push(() => sent.reject(error));
    }
    return true;
  }

  /** The oldest answer comes. */
  answer(): boolean {
    const answer = this.#answers.shift();
    answer?.();
    return answer !== undefined;
  }

  /** The process is gone: what it sent may arrive, and nothing is answered. */
  cut(): void {
    this.isCut = true;
    this.#answers.length = 0;
  }
}
