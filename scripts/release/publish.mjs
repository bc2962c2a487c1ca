// The publishing step of a release, after `pnpm build` and with each platform's binary in its package. It checks all
// packages, packs them, and hands the tarballs to npm: those first that others depend on. One that is not fit to be
// published stops it before anything is. What the registry has in this version is left alone, so a run that broke off
// can be repeated.
//
//   node scripts/release/publish.mjs [--registry URL] [--dry-run] [--platforms linux-x64-gnu,...]
//
// --platforms leaves the other platforms out, for a try on this machine: only with --dry-run or a registry on loopback.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pack } from './pack.mjs';
import { faultsOf, readPackages } from './packages.mjs';
import { TARGETS } from './targets.mjs';

const LOOPBACK = /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/;
/** The first npm that asks a registry for the right to publish by what the workflow is ("trusted publishing"). */
const OLDEST_NPM = [11, 5, 1];

const { values } = parseArgs({
  options: {
    registry: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
    platforms: { type: 'string' },
  },
});
const { registry, 'dry-run': dryRun } = values;
const platforms = values.platforms?.split(',') ?? Object.keys(TARGETS);
const isOnCi = process.env.GITHUB_ACTIONS === 'true';
const options = registry === undefined ? [] : ['--registry', registry];

const packages = readPackages(platforms.filter((name) => name in TARGETS));
const faults = [...faultsOfCall(), ...faultsOf(packages)];
for (const fault of faults) console.log(`not fit to be published: ${fault}`);
if (faults.length > 0) process.exit(1);

const staging = mkdtempSync(join(tmpdir(), 'headgate-publish-'));
let status = 0;
try {
  const tarballs = packages.map((each) => ({ ...each, tarball: pack(each, packages, staging) }));
  status = tarballs.every(publish) ? 0 : 1;
} finally {
  rmSync(staging, { recursive: true });
}
process.exit(status);

function publish({ manifest: { name, version }, tarball }) {
  if (isPublished(`${name}@${version}`)) {
    console.log(`${name}@${version}: the registry has it`);
    return true;
  }
  const args = ['publish', tarball, '--access', 'public', '--loglevel', 'error', ...options];
  if (version.includes('-')) args.push('--tag', 'next');
  if (dryRun) args.push('--dry-run');
  else if (isOnCi) args.push('--provenance');
  const { status: ended } = spawnSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  console.log(`${name}@${version}: ${ended !== 0 ? 'not published' : dryRun ? 'would be published' : 'published'}`);
  return ended === 0;
}

/** Not asked in a dry run, which needs no registry. */
function isPublished(spec) {
  if (dryRun) return false;
  const { stdout } = spawnSync('npm', ['view', spec, 'version', ...options], { encoding: 'utf8' });
  return stdout.trim() !== '';
}

function faultsOfCall() {
  const found = platforms
    .filter((name) => !(name in TARGETS))
    .map((name) => `${name} is no platform: they are ${Object.keys(TARGETS).join(', ')}`);
  if (values.platforms !== undefined && !dryRun && !LOOPBACK.test(registry ?? ''))
    found.push(`without ${missingPlatforms()}: --platforms is for --dry-run and for a registry on loopback`);
  if (isOnCi && !dryRun && !hasTrustedPublishing()) found.push(`npm is older than ${OLDEST_NPM.join('.')}`);
  return found;
}

function missingPlatforms() {
  return Object.keys(TARGETS)
    .filter((name) => !platforms.includes(name))
    .join(', ');
}

function hasTrustedPublishing() {
  const { stdout } = spawnSync('npm', ['--version'], { encoding: 'utf8' });
  const parts = stdout.trim().split('.').map(Number);
  const at = OLDEST_NPM.findIndex((part, i) => part !== parts[i]);
  return at === -1 || parts[at] > OLDEST_NPM[at];
}
