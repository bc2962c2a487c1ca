import { ManualClock, RateLimiter } from '@headgate/core-ts';
import { dashboardAnswers } from '../../src/dashboard/answers.js';
import { type Endpoint, endpoint } from '../../src/http/serve/endpoint.js';

const STARTED_MS = Date.UTC(2030, 0, 1, 12);

const SCRAPERS = [
  '198.51.100.23',
  '2001:db8:7:1::/64',
  '198.51.100.99',
  '192.0.2.140',
  '2001:db8:7:2::/64',
  '192.0.2.5',
];

/** Three limiters under traffic that is the same each time, a second at a time, and their dashboard. */
export class Scene {
  readonly dashboard: Endpoint;
  readonly clock = new ManualClock();
  readonly #api = new RateLimiter({
    clock: this.clock,
    track: true,
    limits: [
      { name: 'burst', algorithm: 'token-bucket', limit: 20, windowSeconds: 10, burst: 30 },
      { name: 'day', limit: 20_000, windowSeconds: 86_400 },
    ],
  });
  readonly #login = new RateLimiter({
    clock: this.clock,
    track: true,
    name: 'attempts',
    algorithm: 'sliding-window',
    limit: 5,
    windowSeconds: 60,
    blockForSeconds: 900,
  });
  readonly #uploads = new RateLimiter({ clock: this.clock, name: 'hourly', limit: 100, windowSeconds: 3_600 });
  #second = 0;

  constructor() {
    const limiters = new Map(Object.entries({ api: this.#api, login: this.#login, uploads: this.#uploads }));
    this.dashboard = endpoint(
      dashboardAnswers(
        limiters,
        () => {},
        () => STARTED_MS + this.clock.now(),
      ),
    );
  }

  /** What clients do in a second: 60 of them as they like, and a few that try harder, the more so for half a minute. */
  pass(): void {
    const second = this.#second++;
    const calls = Math.round(80 + 20 * Math.sin(second / 11) + 9 * Math.sin(second * 2.3) * Math.sin(second / 5));
    for (let i = 0; i < calls; i++) this.#api.check(`203.0.113.${(i * 7 + second * 11) % 60}`);
    const attack = 24 + 50 * Math.exp(-(((second - 78) / 13) ** 2));
    for (let i = 0; i < attack; i++) this.#api.check(SCRAPERS[Math.floor((i * i) / 3) % SCRAPERS.length] as string);
    for (let i = 0; i < 1 + (second % 4); i++) this.#login.check(`user:${(second * 5 + i * i) % 17}`);
    this.#login.check('<img src=x onerror="document.body.remove()">');
    this.#uploads.check(`user:${second % 5}`);
    this.clock.advance(1000);
  }
}
