import { ManualClock } from '@headgate/core-ts';
import { metrics } from '@opentelemetry/api';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { decideNow, gateOf } from '../../test/http/asked.js';
import { breaking } from '../../test/redis/setup/breaking.js';
import { decisions, engineErrors, letThrough } from '../http/channels.js';
import { openTelemetry } from './open-telemetry.js';

/** Collects when it is told to. */
class CollectedReader extends MetricReader {
  override async onForceFlush() {}
  override async onShutdown() {}
}

const reader = new CollectedReader();
const provider = new MeterProvider({ readers: [reader] });
let stop = () => {};
afterEach(() => stop());

const SECRET = '203.0.113.77';

describe('openTelemetry', () => {
  it('counts decisions by limiter, outcome and dry run, and denials by policy', async () => {
    stop = openTelemetry({ meter: provider.getMeter('counts') });
    const limits = [
      { name: 'burst', limit: 2, windowSeconds: 1 },
      { name: 'day', limit: 3, windowSeconds: 86_400 },
    ];
    const clock = new ManualClock();
    const api = gateOf({ limits, clock });
    for (let i = 0; i < 3; i++) decideNow(api, { address: SECRET });
    clock.advance(1000);
    for (let i = 0; i < 2; i++) decideNow(api, { address: SECRET });
    decideNow(gateOf({ name: 'trial', limit: 0, windowSeconds: 60, dryRun: true }), { address: SECRET });

    const api2 = { 'headgate.limiter': 'burst, day', 'headgate.dry_run': false };
    const trial = { 'headgate.limiter': 'trial', 'headgate.dry_run': true };
    expect(await collected('counts', 'headgate.decisions')).toEqual([
      [{ ...api2, 'headgate.outcome': 'allowed' }, 3],
      [{ ...api2, 'headgate.outcome': 'denied' }, 2],
      [{ ...trial, 'headgate.outcome': 'denied' }, 1],
    ]);
    expect(await collected('counts', 'headgate.denials')).toEqual([
      [{ ...api2, 'headgate.policy': 'burst' }, 1],
      [{ ...api2, 'headgate.policy': 'day' }, 1],
      [{ ...trial, 'headgate.policy': 'trial' }, 1],
    ]);
  });

  it('times decisions in seconds, in buckets that tell microseconds apart', async () => {
    stop = openTelemetry({ meter: provider.getMeter('times') });
    const { decision } = decideNow(gateOf({ limit: 1, windowSeconds: 60 }), { address: SECRET });
    if (decision === undefined) throw new Error('nothing was decided');
    for (const tookMs of [0.0015, 0.004])
      decisions.publish({ limiter: 'api', key: SECRET, cost: 1, decision, dryRun: false, tookMs });

    const [, [, times] = []] = await collected('times', 'headgate.decision.duration');
    expect(times).toMatchObject({ count: 2, min: 0.0000015, max: 0.000004 });
    const { boundaries, counts } = (times as { buckets: { boundaries: number[]; counts: number[] } }).buckets;
    expect(boundaries.slice(0, 4)).toEqual([1e-6, 2e-6, 5e-6, 1e-5]);
    expect(counts.slice(0, 4)).toEqual([0, 1, 1, 0]);
  });

  it('counts errors of an engine by their type', async () => {
    stop = openTelemetry({ meter: provider.getMeter('errors') });
    engineErrors.publish({ limiter: 'api', error: new RangeError(`no room for ${SECRET}`) });
    engineErrors.publish({ limiter: 'api', error: 'a string that was thrown' });
    expect(await collected('errors', 'headgate.engine.errors')).toEqual([
      [{ 'headgate.limiter': 'api', 'error.type': 'RangeError' }, 1],
      [{ 'headgate.limiter': 'api', 'error.type': '_OTHER' }, 1],
    ]);
  });

  it('counts what is let through undecided, by what failed', async () => {
    stop = openTelemetry({ meter: provider.getMeter('passes') });
    letThrough.publish({ limiter: 'api', because: 'key', error: new Error(SECRET), dryRun: true });
    expect(await collected('passes', 'headgate.let_through')).toEqual([
      [{ 'headgate.limiter': 'api', 'headgate.because': 'key', 'headgate.dry_run': true }, 1],
    ]);
  });

  it('counts what was decided without the server, and tells whether a limiter does so now', async () => {
    const { limiter, fail } = breaking();
    stop = openTelemetry({ meter: provider.getMeter('outage'), limiters: [limiter] });
    const own = { 'headgate.limiter': 'default' };
    expect(await collected('outage', 'headgate.degraded')).toEqual([[own, 0]]);
    fail();
    for (let i = 0; i < 3; i++) await gateOf({ limiter, key: () => 'k' }).decide({});
    expect(await collected('outage', 'headgate.degraded_decisions')).toEqual([[own, 3]]);
    expect(await collected('outage', 'headgate.degraded')).toEqual([[own, 1]]);
    const asked = vi.spyOn(limiter, 'stats');
    stop();
    await reader.collect();
    expect(asked).not.toHaveBeenCalled();
  });

  it('keeps keys out of all that it records', async () => {
    stop = openTelemetry({ meter: provider.getMeter('privacy') });
    decideNow(gateOf({ limit: 0, windowSeconds: 60 }), { address: SECRET });
    engineErrors.publish({ limiter: 'api', error: new Error(SECRET) });
    const { resourceMetrics } = await reader.collect();
    const exported = JSON.stringify(resourceMetrics.scopeMetrics);
    expect(exported).toContain('headgate.denials');
    expect(exported).not.toContain(SECRET);
  });

  it('gives each instrument the unit that the conventions ask for', async () => {
    stop = openTelemetry({ meter: provider.getMeter('units') });
    decideNow(gateOf({ limit: 0, windowSeconds: 60 }), { address: SECRET });
    engineErrors.publish({ limiter: 'api', error: new Error('failed') });
    letThrough.publish({ limiter: 'api', because: 'engine', error: new Error('failed'), dryRun: false });
    const units = (await metricsOf('units')).map(({ descriptor }) => [descriptor.name, descriptor.unit]);
    expect(units).toEqual([
      ['headgate.decisions', '{decision}'],
      ['headgate.denials', '{denial}'],
      ['headgate.engine.errors', '{error}'],
      ['headgate.let_through', '{request}'],
      ['headgate.decision.duration', 's'],
    ]);
  });

  it('takes the meter of the provider that is registered, where it is given none', async () => {
    metrics.setGlobalMeterProvider(provider);
    stop = openTelemetry();
    metrics.disable();
    decideNow(gateOf({ limit: 1, windowSeconds: 60 }), { address: SECRET });
    expect(await collected('headgate', 'headgate.decisions')).toMatchObject([[{}, 1]]);
  });

  it('records nothing once it is stopped, and deciding is timed no more', async () => {
    openTelemetry({ meter: provider.getMeter('stopped') })();
    decideNow(gateOf({ limit: 1, windowSeconds: 60 }), { address: SECRET });
    expect(await metricsOf('stopped')).toEqual([]);
    expect([decisions, engineErrors, letThrough].some(({ hasSubscribers }) => hasSubscribers)).toBe(false);
  });

  it('refuses options that it does not know', () => {
    const misspelt = { metre: provider.getMeter('x') } as object;
    expect(() => openTelemetry(misspelt)).toThrow('unknown option "metre", with the value an object');
  });
});

async function metricsOf(meter: string) {
  const { resourceMetrics } = await reader.collect();
  return resourceMetrics.scopeMetrics.find(({ scope }) => scope.name === meter)?.metrics ?? [];
}

/** Attributes and value of each point of a metric. */
async function collected(meter: string, name: string) {
  const metric = (await metricsOf(meter)).find(({ descriptor }) => descriptor.name === name);
  return (metric?.dataPoints ?? []).map(({ attributes, value }) => [attributes, value] as const);
}
