import { formatFailure, type LawResult, remote, verify } from '@headgate/conformance';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundle, type Fault } from './bundle.js';
import { startServer, type TestServer, withServers } from './servers.js';

const FAULTS: Record<string, Fault> = {
  'the window ends one tick late': {
    file: 'fixed_window.lua',
    find: 'now_ms - words[at + TIME] >= terms.window_ms',
    replace: 'now_ms - words[at + TIME] > terms.window_ms',
  },
  'a sub-window is dropped one tick early': {
    file: 'sliding_window.lua',
    find: 'return (sub_window + 1) * terms.sub_window_ms - 1 + terms.window_ms',
    replace: 'return (sub_window + 1) * terms.sub_window_ms - 2 + terms.window_ms',
  },
  'a bucket forgets the rest of a debt': {
    file: 'token_bucket.lua',
    find: 'return debt - repaid',
    replace: 'return debt - repaid - 1',
  },
  'of several policies only the first is charged': {
    file: 'policies.lua',
    find: 'local own = units_of(units, i)\n    if own > 0 then',
    replace: 'local own = units_of(units, i)\n    if own > 0 and i == 1 then',
  },
  'each denial extends the block': {
    file: 'calls.lua',
    find: 'local asked_ms = is_blocked and 0 or ',
    replace: 'local asked_ms = ',
  },
  'reset forgets nothing': {
    file: 'calls.lua',
    find: '  entries[number] = empty_entry(size)\n',
    replace: '',
  },
  'what was owed since does not bound a refund': {
    file: 'reservations.lua',
    find: 'low = math.min(low, list[each].marks[i].low)',
    replace: 'low = low',
  },
};

withServers('faults in the scripts', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.kill());

  it.each(Object.keys(FAULTS))('the laws catch it: %s', async (name) => {
    const result = await differential(1500, FAULTS[name]);
    expect(result.status).toBe('failed');
    // By what it decides, not by an error of the script.
    expect(formatFailure(result)).not.toContain('did not decide');
  });

  it('and nothing else', async () => {
    const result = await differential(60);
    expect(result.status, formatFailure(result)).toBe('passed');
  });

  async function differential(runs: number, fault?: Fault): Promise<LawResult> {
    process.env.HEADGATE_TEST_REDIS_PORT = String(server.port);
    const { url, remove } = await bundle('laws-engine.ts', fault);
    const { createEngine, end } = remote({ module: url, export: 'createEngine' });
    const { laws } = await verify(createEngine, { only: [16], runs });
    await end();
    remove();
    return laws[0] as LawResult;
  }
});
