import { refuseUnknown, show } from '@headgate/core-ts';
import { find } from '#peers/prom-client';
import { demand } from '../backend/peer.js';
import type { HttpLimiter } from '../http/options/options.js';
import { type Endpoint, endpoint, notAllowed } from '../http/serve/endpoint.js';
import { addLimiterMetrics, limitersByName } from './limiter-metrics.js';
import type { Metrics, PromClient, Registry } from './registry.js';
import { DURATION_BUCKETS, type Recorder, subscribe } from './subscribe.js';

export interface PrometheusOptions {
  /** Where the metrics are kept; by default in a registry of their own, which the endpoint serves alone. */
  readonly registry?: Registry | undefined;
  /**
   * `prom-client` itself, where a bundler has put it into the application: there it can't be looked for.
   *
   * ```ts
   * import * as client from 'prom-client';
   * prometheus({ client });
   * ```
   */
  readonly client?: PromClient | undefined;
  /** Whose keys are told as well, at each scrape: `limited.limiter` of a middleware, or a `RateLimiter`. */
  readonly limiters?: readonly (HttpLimiter | undefined)[] | undefined;
}

/** Serves the registry in its own format. */
export interface PrometheusEndpoint extends Endpoint {
  readonly registry: Registry;
  /** Records no more, and takes its metrics out of the registry. */
  stop(): void;
}

/**
 * Counts what all middlewares of this process decide, and answers an endpoint for Prometheus to scrape.
 *
 * ```ts
 * app.get('/metrics', prometheus().node);
 * ```
 *
 * No label has a key in it.
 *
 * @throws Error that says what to install, where there is no `prom-client` and none is given, and where the registry has such metrics.
 */
export function prometheus(options: PrometheusOptions = {}): PrometheusEndpoint {
  refuseUnknown(options, ['registry', 'client', 'limiters']);
  const limiters = limitersByName(options.limiters ?? []);
  const client = readClient(options.client);
  const registry: Registry = options.registry ?? new client.Registry();
  const others = namesIn(registry);
  const records = recorder(client, registry);
  if (limiters.size > 0) addLimiterMetrics(client, registry, limiters);
  const own = namesIn(registry).filter((name) => !others.includes(name));
  const stopRecording = subscribe(records);

  function stop(): void {
    stopRecording();
    for (const name of own) registry.removeSingleMetric(name);
  }

  return Object.assign(scraped(registry), { registry, stop });
}

/** A namespace has all names of a CommonJS module in `default`, and not always beside it. */
function readClient(given: PromClient | { readonly default: PromClient } | undefined): Metrics {
  if (given === undefined)
    return demand<Metrics>(
      find(),
      'prom-client',
      'headgate/metrics',
      'npm install prom-client, or where it is bundled, give it as client',
    );
  const client = (given as { readonly default?: PromClient } | null)?.default ?? (given as PromClient | null);
  if (typeof client?.Registry === 'function' && typeof client.Counter === 'function') return client as Metrics;
  throw new TypeError(`client must be what prom-client exports, got ${show(given)}`);
}

function namesIn(registry: Registry): string[] {
  return registry.getMetricsAsArray().map(({ name }) => name);
}

function recorder(client: Metrics, registry: Registry): Recorder {
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: readonly string[]) =>
    new client.Counter({ name, help, labelNames, registers });
  const decisions = counter('headgate_decisions_total', 'Requests that were decided on.', [
    'limiter',
    'outcome',
    'dry_run',
  ]);
  const denials = counter('headgate_denials_total', 'Requests that were denied, by the policy that bound.', [
    'limiter',
    'policy',
    'dry_run',
  ]);
  const degraded = counter(
    'headgate_degraded_decisions_total',
    'Requests that were decided on without the server that has the counts.',
    ['limiter'],
  );
  const errors = counter('headgate_engine_errors_total', 'Calls in which the engine failed.', ['limiter']);
  const passes = counter(
    'headgate_let_through_total',
    'Requests that nothing could decide on and that were let through, by what failed.',
    ['limiter', 'because', 'dry_run'],
  );
  const duration = new client.Histogram({
    name: 'headgate_decision_duration_seconds',
    help: 'Time that it took to decide.',
    labelNames: ['limiter'],
    buckets: [...DURATION_BUCKETS],
    registers,
  });
  return {
    decided({ limiter, decision, dryRun, tookMs }) {
      const dry_run = String(dryRun);
      decisions.inc({ limiter, outcome: decision.allowed ? 'allowed' : 'denied', dry_run });
      if (!decision.allowed) denials.inc({ limiter, policy: decision.policy, dry_run });
      if (decision.degraded) degraded.inc({ limiter });
      duration.observe({ limiter }, tookMs / 1000);
    },
    failed: ({ limiter }) => errors.inc({ limiter }),
    passed: ({ limiter, because, dryRun }) => passes.inc({ limiter, because, dry_run: String(dryRun) }),
  };
}

function scraped(registry: Registry): Endpoint {
  return endpoint(async ({ method }) => {
    if (method !== 'GET' && method !== 'HEAD') return notAllowed(['GET', 'HEAD']);
    const headers = { 'Content-Type': registry.contentType, 'Cache-Control': 'no-store' };
    return { status: 200, headers, body: await registry.metrics() };
  });
}
