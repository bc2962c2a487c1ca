import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatFailure, type LawNumber, remote, verify } from '@headgate/conformance';
import { describe, expect, it } from 'vitest';
import { bundle, type Fault, seeded } from '../setup/bundle.js';
import { serverWithClient, withServers } from '../setup/servers.js';
import { algorithmFaults } from './algorithm-faults.js';
import { inLikelyOrder, type SeededFault } from './fault.js';
import { SCENARIOS, type ScenarioName } from './scenarios/scenarios.js';
import { scriptFaults } from './script-faults.js';
import { sendingFaults } from './sending-faults.js';

const FAULTS = [...algorithmFaults, ...scriptFaults, ...sendingFaults];
const TRIED = FAULTS.filter((_, i) => i % Number(process.env.HEADGATE_FAULT_STEP) === 0).map(
  (fault) => [`${fault.file}: ${fault.name}`, fault] as [string, SeededFault],
);
const SOURCES = fileURLToPath(new URL('../../../src/redis/', import.meta.url));
const RUNS = 1000;
const SEED = 20_240_229;

it(`each of ${FAULTS.length} faults has its text in its file, once`, () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' });
  for (const fault of FAULTS) {
    const found = files.filter((file) => `/${file}`.endsWith(`/${fault.file}`));
    expect(found, fault.name).toHaveLength(1);
    seeded(readFileSync(join(SOURCES, found[0] as string), 'utf8'), fault);
  }
});

withServers('faults in the scripts and around them', async () => {
  const { server, client: direct } = await serverWithClient();

  describe('are caught', () => {
    it.each(TRIED)('%s', async (_, fault) => {
      const { by } = fault;
      if (typeof by === 'string') {
        const played = await ready(by, fault);
        await expect(played()).rejects.toThrow();
      } else expect(await lawsBroken(inLikelyOrder(by, fault.name), RUNS, fault)).not.toEqual([]);
    });
    const left = FAULTS.length - TRIED.length;
    if (left > 0) it.skip(`${left} more faults (skipped: with CI=true all are tried)`, () => undefined);
  });

  describe('and nothing else is', () => {
    it.each(Object.keys(SCENARIOS) as ScenarioName[])('%s', async (name) => {
      const played = await ready(name);
      await played();
    });

    it('the laws', async () => {
      expect(await lawsBroken([7, 16, 23], process.env.CI === 'true' ? 10 : 2)).toEqual([]);
    });
  });

  /** A scenario on its own bundle. */
  async function ready(name: ScenarioName, fault?: Fault): Promise<() => Promise<void>> {
    const { url, remove } = await bundle('faults/subject.ts', fault);
    const subject = await import(/* @vite-ignore */ url);
    remove();
    return () => SCENARIOS[name]({ subject, direct, seed: fault && SEED });
  }

  /** The first law that is broken, by what is decided, not by an error of a script. */
  async function lawsBroken(only: readonly LawNumber[], runs: number, fault?: Fault): Promise<string[]> {
    process.env.HEADGATE_TEST_REDIS_PORT = String(server.port);
    const { url, remove } = await bundle('laws/laws-engine.ts', fault);
    // Most calls go by the short script, and hide what is wrong in the long one.
    const isLong = fault?.file.startsWith('lua/') && fault.file !== 'lua/take_by_fixed_windows.lua';
    const { createEngine, end } = remote({ module: url, export: isLong ? 'createLongEngine' : 'createEngine' });
    const failures: string[] = [];
    for (const law of only) {
      const { laws } = await verify(createEngine, { only: [law], runs, seed: SEED, shrink: false });
      failures.push(...laws.filter(({ status }) => status === 'failed').map(formatFailure));
      if (failures.length > 0) break;
    }
    await end();
    remove();
    for (const failure of failures) expect(failure).not.toContain('did not decide');
    return failures;
  }
});
