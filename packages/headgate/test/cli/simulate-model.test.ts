import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Model } from '@headgate/conformance';
import { ManualClock, type Policy, readOptions } from '@headgate/core-ts';
import { expect, it } from 'vitest';
import { readPolicy } from '../../src/cli/simulate/policy/policy-text.js';
import { madeUpLog } from './made-up-log.js';
import { emptyFolder, headgate } from './run-cli.js';

/** 10,000 real requests, which are no part of this repository. */
const REAL = fileURLToPath(new URL('../../../../../shared/data/apache-access.log', import.meta.url));
const USUAL = '20/1m';
const POLICIES = [
  USUAL,
  'sliding=30/1m sliding-window',
  'bucket=10/30s token-bucket burst=25 block=10m',
  'both=5/10s,100/1h sliding-window',
];

/** The ten lines: each request of the log in the order of time, decided by the model. */
function decidedByModel(log: string, policies: readonly Policy[]): string[] {
  const lines = log.split('\n').slice(0, -1);
  const requests = lines.map((line, i) => {
    const [, key = '', time = ''] = /^(\S+) .*?\[(.*?)\]/.exec(line) ?? [];
    return { key, line: i + 1, timeMs: Date.parse(time.replace(/\//g, ' ').replace(':', ' ')) };
  });
  requests.sort((a, b) => a.timeMs - b.timeMs);
  const clock = new ManualClock(requests[0]?.timeMs ?? 0);
  const model = new Model(policies, clock);
  return requests.map(({ key, line, timeMs }) => {
    clock.advance(timeMs - clock.now());
    const { allowed, remaining, retryAfterMs } = model.check(key);
    return JSON.stringify({ line, key, allowed, remaining, retryAfterMs });
  });
}

async function expectAgreement(log: string, tried: readonly string[]): Promise<void> {
  const folder = emptyFolder();
  const [file, decisions] = [join(folder, 'access.log'), join(folder, 'decisions.jsonl')];
  writeFileSync(file, log);
  const ran = await headgate([
    'simulate',
    file,
    '--decisions',
    decisions,
    ...tried.flatMap((each) => ['--policy', each]),
  ]);
  expect(ran).toMatchObject({ code: 0, err: '' });
  const decided = readFileSync(decisions, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  for (const text of tried) {
    const { name, limits } = readPolicy(text);
    const { policies } = readOptions({ limits: limits.map((limit, i) => ({ name: `limit ${i}`, ...limit })) });
    const ours = decided.map(({ line, key, decisions: { [name]: own } }) => JSON.stringify({ line, key, ...own }));
    expect(ours).toEqual(decidedByModel(log, policies));
  }
}

it('simulate agrees with the model, line for line, on a made-up log', async () => {
  await expectAgreement(madeUpLog(1500), POLICIES);
});

const title = 'simulate agrees with the model, line for line, on a real log';
it.skipIf(!existsSync(REAL))(
  existsSync(REAL) ? title : `${title} (skipped: ../shared/data/apache-access.log is not there)`,
  async () => {
    await expectAgreement(readFileSync(REAL, 'utf8'), [USUAL]);
  },
);
