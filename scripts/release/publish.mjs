// The publishing step of a release, after `pnpm build` and with each platform's binary in its package. It checks all
// packages, packs them, and hands the tarballs to npm: those first that others depend on. One that is not fit to be
// published stops it before anything is. What the registry has in this version is left alone, so a run that broke off
// can be repeated.
//
//   node scripts/release/publish.mjs [--registry URL] [--dry-run] [--platforms linux-x64-gnu,...]
//   node scripts/release/publish.mjs --pack FOLDER    leaves the tarballs there and publishes nothing
//   node scripts/release/publish.mjs --from FOLDER    publishes those
//
// The release does it in two steps, so that whatever builds and packs runs without the right to publish. --platforms
// leaves the other platforms out, for a try on this machine: only with --dry-run or a registry on loopback.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pack } from './pack.mjs';
import { faultsOf, PLATFORM_PREFIX, readPackages } from './packages.mjs';
import { TARGETS } from './targets.mjs';

const LOOPBACK = /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/;
/** The first npm that asks a registry for the right to publish by what the workflow is ("trusted publishing"). */
const OLDEST_NPM = [11, 5, 1];
const PACKED = 'packed.json';

const { values } = parseArgs({
  options: {
    registry: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
    platforms: { type: 'string' },
    pack: { type: 'string' },
    from: { type: 'string' },
  },
});
const { registry, 'dry-run': dryRun } = values;
const platforms = values.platforms?.split(',') ?? Object.keys(TARGETS);
const isOnCi = process.env.GITHUB_ACTIONS === 'true';
const options = registry === undefined ? [] : ['--registry', registry];

stopAt(faultsOfCall());
if (values.from !== undefined) {
  process.exitCode = readPacked(resolve(values.from)).every(publish) ? 0 : 1;
} else if (values.pack !== undefined) {
  packAll(resolve(values.pack));
} else {
  const staging = mkdtempSync(join(tmpdir(), 'headgate-publish-'));
  try {
    packAll(staging);
    process.exitCode = readPacked(staging).every(publish) ? 0 : 1;
  } finally {
    rmSync(staging, { recursive: true });
  }
}

function stopAt(faults) {
  for (const fault of faults) console.log(`not fit to be published: ${fault}`);
  if (faults.length > 0) process.exit(1);
}

/** Leaves the tarballs in the folder, and in `packed.json` which they are, in the order to publish them. */
function packAll(folder) {
  const packages = readPackages(platforms);
  stopAt(faultsOf(packages));
  mkdirSync(folder, { recursive: true });
  const packed = packages.map((each) => {
    const { name, version } = each.manifest;
    return { name, version, tarball: relative(folder, pack(each, packages, folder)) };
  });
  writeFileSync(join(folder, PACKED), JSON.stringify(packed, undefined, 2));
}

function readPacked(folder) {
  const packed = JSON.parse(readFileSync(join(folder, PACKED), 'utf8'));
  const names = new Set(packed.map(({ name }) => name));
  stopAt(leftOut(Object.keys(TARGETS).filter((platform) => !names.has(`${PLATFORM_PREFIX}${platform}`))));
  return packed.map((each) => ({ ...each, tarball: join(folder, each.tarball) }));
}

function publish({ name, version, tarball }) {
  if (isPublished(`${name}@${version}`)) {
    console.log(`${name}@${version}: the registry has it`);
    return true;
  }
  const args = ['publish', tarball, '--access', 'public', '--loglevel', 'error', ...options];
  if (version.includes('-')) args.push('--tag', 'next');
  if (dryRun) args.push('--dry-run');
  else args.push(isOnCi ? '--provenance' : '--no-provenance'); // which needs a workflow to tell of
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
  found.push(...leftOut(Object.keys(TARGETS).filter((name) => !platforms.includes(name))));
  if (isOnCi && !dryRun && values.pack === undefined && !hasTrustedPublishing())
    found.push(`npm is older than ${OLDEST_NPM.join('.')}`);
  return found;
}

/** Nobody may be left without a binary by what is published to the world. */
function leftOut(missing) {
  if (missing.length === 0 || dryRun || LOOPBACK.test(registry ?? '')) return [];
  return [`without ${missing.join(', ')}: that is for --dry-run and for a registry on loopback`];
}

function hasTrustedPublishing() {
  const { stdout } = spawnSync('npm', ['--version'], { encoding: 'utf8' });
  const parts = stdout.trim().split('.').map(Number);
  const at = OLDEST_NPM.findIndex((part, i) => part !== parts[i]);
  return at === -1 || parts[at] > OLDEST_NPM[at];
}
