import { type Decision, ManualClock } from '@headgate/core-ts';
import type { NamedPolicy } from '../policy/policy-text.js';
import { Busiest, measuresOf } from './busiest.js';
import type { Client } from './client.js';
import type { Clients } from './clients.js';
import { Series } from './series.js';
import { Trial } from './trial.js';

/** Decides on each request of a log by each policy, and counts. */
export class Simulation {
  readonly trials: readonly Trial[];
  readonly busiest: readonly Busiest[];
  readonly clients: Clients;
  /** All requests, and then the denials of each policy. */
  readonly series: Series;
  readonly firstMs: number;
  requests = 0;
  /** Whether any time had a part of a second. */
  hasFractions = false;
  readonly #clock: ManualClock;

  /** `firstMs`: the time of the first request, at which the clock begins. */
  constructor(policies: readonly NamedPolicy[], clients: Clients, firstMs: number, maxKeys: number) {
    this.#clock = new ManualClock(firstMs);
    this.firstMs = firstMs;
    this.trials = policies.map((policy) => new Trial(policy, clients.table, this.#clock, maxKeys));
    this.busiest = measuresOf(policies).map((measure) => new Busiest(measure, clients.table, this.#clock, maxKeys));
    this.clients = clients;
    this.series = new Series(1 + policies.length);
  }

  get lastMs(): number {
    return this.#clock.now();
  }

  /** Times don't go back. `onDecision`: gets each policy's decision, by its place among them. */
  take(timeMs: number, client: Client, key: string, onDecision?: (policy: number, decision: Decision) => void): void {
    const forwardMs = timeMs - this.#clock.now();
    if (forwardMs > 0) this.#clock.advance(forwardMs);
    this.requests++;
    this.hasFractions ||= timeMs % 1000 !== 0;
    this.clients.countRequest(client);
    this.series.add(timeMs, 0);
    for (const each of this.busiest) each.take(client, key, timeMs);
    for (let i = 0; i < this.trials.length; i++) {
      const isAllowed = this.#decide(i, client, key, onDecision);
      if (!isAllowed) this.series.add(timeMs, i + 1);
    }
  }

  #decide(i: number, client: Client, key: string, onDecision: ((i: number, decision: Decision) => void) | undefined) {
    const trial = this.trials[i] as Trial;
    if (onDecision === undefined) return trial.take(client, key);
    const decision = trial.check(client, key);
    onDecision(i, decision);
    return decision.allowed;
  }
}
