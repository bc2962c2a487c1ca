import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { platformName } from '../../scripts/build/build-native.mjs';
import { packInto, unpackInto } from '../../scripts/packed/pack.mjs';
import { Draw } from '../keys.mjs';
import { describeRun } from '../machine.mjs';
import { updatePage, writeFigures } from '../report/files.mjs';
import { CANDIDATES, oneLine, scriptsOf } from './candidates.mjs';
import { pageSection, rowText } from './report.mjs';

const PEERS = ['rate-limiter-flexible', 'express-rate-limit', 'limiter'];
const KINDS = ['mjs', 'cjs'];

/**
 * What it takes to import a limiter and to decide once, beyond an empty script: of packages as they are published, in a
 * process of its own each time, all in turn.
 */
export async function measureStart({ quick, write, seed }) {
  const run = { ...describeRun(PEERS), quick, seed: Number(seed) };
  const draw = new Draw(run.seed);
  const project = mkdtempSync(join(tmpdir(), 'headgate-start-'));
  try {
    const hasBinary = install(project);
    const rows = rowsOf(project, hasBinary, quick ? 5 : 61, draw);
    for (const row of rows) console.log(rowText(row, rows));
    if (!hasBinary) console.log('native: unavailable, since there is no binary in its package');
    const report = { ...run, rows };
    writeFigures(report, write ? 'start' : 'last-run.start');
    if (write) updatePage('docs/benchmarks.md', 'bench-start', pageSection(report));
  } finally {
    rmSync(project, { recursive: true });
  }
}

/** What each candidate takes, by kind and round. */
function rowsOf(project, hasBinary, rounds, draw) {
  const names = Object.keys(CANDIDATES).filter((name) => hasBinary || !CANDIDATES[name].isNative);
  const starts = names.flatMap((name) => KINDS.map((kind) => scriptOf(project, name, kind)));
  for (let round = 0; round < rounds; round++)
    for (const start of draw.shuffled(starts)) start.samples.push(busyMs(start.file));
  const samplesOf = (name) => starts.filter((start) => start.name === name).map(({ kind, samples }) => [kind, samples]);
  return names.map((name) => ({ name, ...Object.fromEntries(samplesOf(name)) }));
}

/** Ours as they are published, and the peers; answers whether there is a binary. */
function install(project) {
  const modules = join(project, 'node_modules');
  const own = `@headgate/core-native-${platformName()}`;
  const packages = fileURLToPath(new URL('../../packages', import.meta.url));
  const binary = `headgate.${platformName()}.node`;
  const hasBinary = existsSync(join(packages, 'core-native/npm', platformName(), binary));
  const ours = ['headgate', '@headgate/core-ts', '@headgate/core-native', ...(hasBinary ? [own] : [])];
  const packed = join(project, 'packed');
  mkdirSync(packed);
  unpackInto(project, packInto(packed, ours));
  for (const peer of PEERS)
    symlinkSync(
      realpathSync(new URL(`../node_modules/${peer}`, import.meta.url)),
      join(modules, peer),
      process.platform === 'win32' ? 'junction' : 'dir',
    );
  mkdirSync(join(modules, 'one-line'));
  for (const [name, text] of Object.entries(oneLine(platformName())))
    writeFileSync(join(modules, 'one-line', name), text);
  return hasBinary;
}

function scriptOf(project, name, kind) {
  const file = join(project, `${name}.${kind}`);
  writeFileSync(file, scriptsOf(CANDIDATES[name])[kind]);
  return { name, kind, file, samples: [] };
}

/** Without what the caller's settings would have Node do as well. */
function busyMs(file) {
  const { PATH, HOME, SystemRoot } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], {
    encoding: 'utf8',
    env: { PATH, HOME, SystemRoot },
  });
  if (status !== 0) throw new Error(`${file} ended with status ${status}: ${stderr}`);
  return Number(stdout);
}
