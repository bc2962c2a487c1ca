import { refuseUnknown } from '@headgate/core-ts';
import { find } from '#peers/opentelemetry';
import { demand } from '../backend/peer.js';
import type { HttpLimiter } from '../http/options/options.js';
import type { WatchedLimiters } from '../http/serve/watched-limiter.js';
import { limitersByName, statsOf } from './limiter-metrics.js';
import type { Meter, ObservableCallback } from './meter.js';
import { DURATION_BUCKETS, subscribe } from './subscribe.js';

export interface OpenTelemetryOptions {
  /** By default the one that the registered `MeterProvider` gives for `headgate`: register that before. */
  readonly meter?: Meter | undefined;
  /** Of which it is told as well whether they are degraded: `limited.limiter` of a middleware, or a limiter. */
  readonly limiters?: readonly (HttpLimiter | undefined)[] | undefined;
}

/**
 * Records what all middlewares of this process decide with OpenTelemetry, until the answer is called.
 *
 * ```ts
 * const stop = openTelemetry();
 * ```
 *
 * No attribute has a key in it.
 *
 * @throws Error that says what to install, where there is neither a meter nor `@opentelemetry/api`.
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): () => void {
  refuseUnknown(options, ['meter', 'limiters']);
  const limiters = limitersByName(options.limiters ?? []);
  const meter = options.meter ?? registeredMeter();
  const counter = (name: string, unit: string, description: string) =>
    meter.createCounter(`headgate.${name}`, { description, unit });
  const decisions = counter('decisions', '{decision}', 'Requests that were decided on');
  const denials = counter('denials', '{denial}', 'Requests that were denied, by the policy that bound');
  const degraded = counter(
    'degraded_decisions',
    '{decision}',
    'Requests that were decided on without the server that has the counts',
  );
  const errors = counter('engine.errors', '{error}', 'Calls in which the engine failed');
  const passes = counter(
    'let_through',
    '{request}',
    'Requests that nothing could decide on and that were let through, by what failed',
  );
  const duration = meter.createHistogram('headgate.decision.duration', {
    description: 'Time that it took to decide',
    unit: 's',
    advice: { explicitBucketBoundaries: DURATION_BUCKETS },
  });

  const stopObserving = observe(meter, limiters);
  const stopRecording = subscribe({
    decided({ limiter, decision, dryRun, tookMs }) {
      const common = { 'headgate.limiter': limiter, 'headgate.dry_run': dryRun };
      decisions.add(1, { ...common, 'headgate.outcome': decision.allowed ? 'allowed' : 'denied' });
      if (!decision.allowed) denials.add(1, { ...common, 'headgate.policy': decision.policy });
      if (decision.degraded) degraded.add(1, { 'headgate.limiter': limiter });
      duration.record(tookMs / 1000, { 'headgate.limiter': limiter });
    },
    failed({ limiter, error }) {
      errors.add(1, { 'headgate.limiter': limiter, 'error.type': error instanceof Error ? error.name : '_OTHER' });
    },
    passed({ limiter, because, dryRun }) {
      passes.add(1, { 'headgate.limiter': limiter, 'headgate.because': because, 'headgate.dry_run': dryRun });
    },
  });
  return () => {
    stopRecording();
    stopObserving();
  };
}

/** Tells at each collection which limiters are degraded, until the answer is called. */
function observe(meter: Meter, limiters: WatchedLimiters): () => void {
  if (limiters.size === 0) return () => {};
  const gauge = meter.createObservableGauge('headgate.degraded', {
    description: 'Whether calls are decided without the server now: 1 or 0',
    unit: '1',
  });
  const tell: ObservableCallback = async (result) => {
    for (const [limiter, { isDegraded }] of await statsOf(limiters))
      result.observe(Number(isDegraded ?? false), { 'headgate.limiter': limiter });
  };
  gauge.addCallback(tell);
  return () => gauge.removeCallback(tell);
}

/** The API keeps its provider where every copy of it finds it, so this one's is the application's. */
function registeredMeter(): Meter {
  const advice = `npm install @opentelemetry/api, or hand over a meter. For Prometheus, prometheus() does without`;
  const { metrics } = demand<{ readonly metrics: { getMeter(name: string): Meter } }>(
    find(),
    '@opentelemetry/api',
    'headgate/metrics',
    advice,
  );
  return metrics.getMeter('headgate');
}
