import { formatFailure, type LawResult, remote, verify } from '@headgate/conformance';
import { conformance } from '@headgate/conformance/vitest';
import { afterAll, expect, it } from 'vitest';
import { bundle } from '../setup/bundle.js';
import { HAS_SERVER, startServer, withServers } from '../setup/servers.js';

if (HAS_SERVER) await laws();
else withServers('the laws on Redis', () => undefined);

async function laws(): Promise<void> {
  const server = await startServer();
  process.env.HEADGATE_TEST_REDIS_PORT = String(server.port);
  const { url, remove } = await bundle('laws/laws-engine.ts');
  const { createEngine, end } = remote({ module: url, export: 'createEngine' });
  const long = remote({ module: url, export: 'createLongEngine' });
  // The examples are most of the calls, and each is a round trip: CI makes them, and the engines in memory always do.
  const isCi = process.env.CI === 'true';
  const runs = Number(process.env.HEADGATE_REDIS_RUNS ?? (isCi ? 20 : 6));

  afterAll(async () => {
    await Promise.all([end(), long.end()]);
    await server.kill();
    remove();
  });

  conformance(createEngine, {
    runs,
    examples: isCi,
    skip: {
      ...(isCi ? {} : { 13: 'thousands of round trips: with CI=true it is tried' }),
      11: 'processes and connections have tests of their own: processes.test.ts',
      18: 'a server has no maxKeys: its memory is bounded by times to live',
      21: 'a server keeps its keys by itself: there are no snapshots',
    },
  });

  it('the long script decides alike where the short one decides nothing', { timeout: 300_000 }, async () => {
    const { laws } = await verify(long.createEngine, { only: [16], runs, examples: isCi });
    expect(laws[0]?.status, formatFailure(laws[0] as LawResult)).toBe('passed');
  });
}
