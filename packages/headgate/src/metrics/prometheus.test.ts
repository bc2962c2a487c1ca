import { createServer } from 'node:http';
import { ManualClock, RateLimiter } from '@headgate/core-ts';
import express from 'express';
import * as client from 'prom-client';
import { type OpenMetricsContentType, Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { decideNow, gateOf } from '../../test/http/asked.js';
import { get } from '../../test/http/client.js';
import { listen } from '../../test/http/listen.js';
import { breaking } from '../../test/redis/setup/breaking.js';
import { rateLimit } from '../adapters/express.js';
import { decisions, engineErrors, letThrough } from '../http/channels.js';
import { type PrometheusOptions, prometheus } from './prometheus.js';

const ADDRESS = '203.0.113.77';
let running: { stop(): void } | undefined;
afterEach(() => running?.stop());

describe('prometheus', () => {
  it('counts decisions, denials and errors, and times decisions', async () => {
    const { registry } = started();
    const api = gateOf({ name: 'api', limit: 2, windowSeconds: 60, clock: new ManualClock() });
    for (let i = 0; i < 3; i++) decideNow(api, { address: ADDRESS });
    decideNow(gateOf({ name: 'trial', limit: 0, windowSeconds: 60, dryRun: true }), { address: ADDRESS });
    engineErrors.publish({ limiter: 'api', error: new Error('failed') });
    letThrough.publish({ limiter: 'api', because: 'engine', error: new Error('failed'), dryRun: false });

    const text = await registry.metrics();
    for (const line of [
      'headgate_decisions_total{limiter="api",outcome="allowed",dry_run="false"} 2',
      'headgate_decisions_total{limiter="api",outcome="denied",dry_run="false"} 1',
      'headgate_decisions_total{limiter="trial",outcome="denied",dry_run="true"} 1',
      'headgate_denials_total{limiter="api",policy="api",dry_run="false"} 1',
      'headgate_denials_total{limiter="trial",policy="trial",dry_run="true"} 1',
      'headgate_engine_errors_total{limiter="api"} 1',
      'headgate_let_through_total{limiter="api",because="engine",dry_run="false"} 1',
      'headgate_decision_duration_seconds_count{limiter="api"} 3',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).not.toContain(ADDRESS);
  });

  it('takes the client that is given, as a bundler puts it into an application', async () => {
    for (const given of [client, { ...client, default: undefined } as never]) {
      const { registry, stop } = prometheus({ client: given });
      expect(registry).toBeInstanceOf(Registry);
      expect(await registry.metrics()).toContain('headgate_decisions_total');
      stop();
    }
    for (const bad of [{}, 7, { Registry }])
      expect(() => prometheus({ client: bad as never })).toThrow('client must be what prom-client exports, got');
  });

  it('times decisions in seconds, in buckets that tell microseconds apart', async () => {
    const { registry } = started();
    const { decision } = decideNow(gateOf({ limit: 1, windowSeconds: 60 }), { address: ADDRESS });
    if (decision === undefined) throw new Error('nothing was decided');
    decisions.publish({ limiter: 'slow', key: 'a', cost: 1, decision, dryRun: false, tookMs: 0.0015 });
    const lines = (await registry.metrics()).split('\n').filter((line) => line.includes('"slow"'));
    expect(lines).toContain('headgate_decision_duration_seconds_bucket{le="0.000001",limiter="slow"} 0');
    expect(lines).toContain('headgate_decision_duration_seconds_bucket{le="0.000002",limiter="slow"} 1');
    expect(lines).toContain('headgate_decision_duration_seconds_sum{limiter="slow"} 0.0000015');
  });

  it('tells at each scrape how the limiters stand that it was handed', async () => {
    const limiter = new RateLimiter({ name: 'login', limit: 2, windowSeconds: 60, maxKeys: 2 });
    const { registry } = started({ limiters: [limiter] });
    const scraped = async () => (await registry.metrics()).match(/^headgate_(active|evict|reject).*/gm);

    for (const key of ['a', 'b', 'c']) limiter.check(key);
    const first = [
      'headgate_active_keys{limiter="login"} 2',
      'headgate_evictions_total{limiter="login"} 1',
      'headgate_rejected_full_total{limiter="login"} 0',
    ];
    expect(await scraped()).toEqual(first);
    expect(await scraped()).toEqual(first);
    limiter.clear();
    expect(await scraped()).toContain('headgate_active_keys{limiter="login"} 0');
  });

  it('counts what was decided without the server, and tells whether a limiter does so now', async () => {
    const { limiter, fail } = breaking();
    const { registry } = started({ limiters: [limiter] });
    const gate = gateOf({ limiter, key: () => 'k' });
    const scraped = async () => (await registry.metrics()).match(/^headgate_degraded.*/gm);
    await gate.decide({});
    expect(await scraped()).toEqual(['headgate_degraded{limiter="default"} 0']);
    fail();
    for (let i = 0; i < 3; i++) expect((await gate.decide({})).decision?.degraded).toBe(true);
    expect(await scraped()).toEqual([
      'headgate_degraded_decisions_total{limiter="default"} 3',
      'headgate_degraded{limiter="default"} 1',
    ]);
  });

  it('fails a scrape in which a limiter fails', async () => {
    const limiter = new RateLimiter({ limit: 2, windowSeconds: 60 });
    const { registry } = started({ limiters: [limiter] });
    limiter.stats = () => {
      throw new Error('the engine is gone');
    };
    await expect(registry.metrics()).rejects.toThrow('the engine is gone');
  });

  it('adds to a registry that it is given, and leaves it as it was', async () => {
    const registry = new Registry();
    const limiters = [new RateLimiter({ limit: 1, windowSeconds: 60 })];
    const { stop } = started({ registry, limiters });
    expect(registry.getMetricsAsArray()).toHaveLength(10);
    expect(() => prometheus({ registry })).toThrow('headgate_decisions_total has already been registered');
    await registry.metrics();
    stop();
    expect(registry.getMetricsAsArray()).toEqual([]);
    expect([decisions, engineErrors, letThrough].some(({ hasSubscribers }) => hasSubscribers)).toBe(false);
  });

  it('refuses what is no limiter, and two by one name', () => {
    const limiter = new RateLimiter({ limit: 1, windowSeconds: 60 });
    expect(() => prometheus({ limiters: [undefined] })).toThrow(
      'limiters[0] must be a RateLimiter, got undefined: where the limit is a function of the request',
    );
    expect(() => prometheus({ limiters: [limiter, limiter] })).toThrow(
      'limiters[1] must have a name of its own, got a second "default": name its policy',
    );
    expect(() => prometheus({ limiter } as object)).toThrow('unknown option "limiter"');
    expect(decisions.hasSubscribers).toBe(false);
  });
});

describe('the endpoint', () => {
  it('is scraped over HTTP, in an express application', async () => {
    const metrics = started();
    const app = express();
    app.get('/metrics', metrics.node);
    app.use(rateLimit({ name: 'all', limit: 1, windowSeconds: 60 }), (_request, response) => void response.send('ok'));
    const server = await listen(createServer(app));
    try {
      for (const status of [200, 429, 429]) expect((await get(server.url)).status).toBe(status);
      const { status, headers, body } = await get(`${server.url}/metrics`);
      expect([status, headers['content-type'], headers['cache-control']]).toEqual([
        200,
        'text/plain; version=0.0.4; charset=utf-8',
        'no-store',
      ]);
      expect(body).toContain('headgate_denials_total{limiter="all",policy="all",dry_run="false"} 2\n');
    } finally {
      await server.close();
    }
  });

  it('answers a Request, in the format of the registry', async () => {
    const registry = new Registry<OpenMetricsContentType>();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    const metrics = started({ registry });
    const response = await metrics(new Request('http://localhost/metrics'));
    expect(response.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect((await response.text()).endsWith('# EOF\n')).toBe(true);
    metrics.stop();
    expect(registry.getMetricsAsArray()).toEqual([]);
  });

  it('can only be read', async () => {
    const metrics = started();
    const head = await metrics(new Request('http://localhost/metrics', { method: 'HEAD' }));
    expect([head.status, await head.text()]).toEqual([200, '']);
    const post = await metrics(new Request('http://localhost/metrics', { method: 'POST', body: 'x' }));
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});

function started(options?: PrometheusOptions) {
  const metrics = prometheus(options);
  running = metrics;
  return metrics;
}
