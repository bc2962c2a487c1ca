import { RateLimiter } from '@headgate/core-ts';

const limiter = new RateLimiter({ limit: 2, windowSeconds: 60 });

export class Api {
  readonly #answer = 'hello';

  @limiter.limit('login')
  login(name: string): string {
    return `${this.#answer} ${name}`;
  }

  @limiter.limit((user: string) => `user:${user}`, { onBlocked: (user: string) => `later, ${user}` })
  greet(user: string, _times?: number): string {
    return `hi ${user}`;
  }

  @limiter.limit('static')
  static async fetch(id: number): Promise<number> {
    return id * 2;
  }
}

const api = new Api();
const text: string = api.login('ada');
// @ts-expect-error the method keeps its parameters
if (text === '') api.login(7);
export const answered: string = text;
