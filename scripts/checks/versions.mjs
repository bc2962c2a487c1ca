// Checks that the version which packages have is in their changelogs, and what the pull request "Version packages" will
// be: runs `changeset version` on copies of the manifests, with the changesets that wait, and with one of each kind that
// names core-native alone.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Checks, run } from '../checks.mjs';
import { pnpm, pnpmArgs } from '../pnpm.mjs';
import { readPackages } from '../release/packages.mjs';
import { TARGETS } from '../release/targets.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { buildSync } = createRequire(createRequire(import.meta.url).resolve('tsup'))('esbuild');
/** What `changeset version` reads and writes, and what tells the engines their version. */
const COPIED = [
  '*package.json',
  'pnpm-*.yaml',
  '.changeset',
  'biome.json',
  '.gitignore',
  'packages/core-native/js/version.ts',
];
const LOCKED = ['--frozen-lockfile', '--lockfile-only', '--offline'];
const TEXT = 'A change of the native engine.';

const work = mkdtempSync(join(tmpdir(), 'headgate-versions-'));
const published = readPackages(Object.keys(TARGETS)).map(({ path, manifest }) => ({
  name: manifest.name,
  folder: relative(root, path),
}));
const [{ manifest }] = readPackages([]);
const [major, minor, patch] = manifest.version.split('.').map(Number);
const NEXT = {
  patch: `${major}.${minor}.${patch + 1}`,
  minor: `${major}.${minor + 1}.0`,
  major: `${major + 1}.0.0`,
};

const checks = new Checks();
await checks.attempt(`every package has ${manifest.version} in its changelog`, () =>
  assertChangelogs(root, manifest.version),
);
if (readdirSync(join(root, '.changeset')).some((file) => file.endsWith('.md')))
  await checks.attempt(
    'the changesets that wait move all packages to one version, which is the next of its kind',
    () => {
      const moved = versioned(copied('waiting'));
      const { version } = moved.headgate;
      assert.ok(Object.values(NEXT).includes(version), `${manifest.version} became ${version}`);
      assertAllAt(version, moved);
    },
  );
for (const [kind, version] of Object.entries(NEXT))
  await checks.attempt(`a change of kind ${kind} moves all packages to ${version}`, () => {
    const folder = copied(kind);
    for (const file of readdirSync(join(folder, '.changeset')).filter((each) => each.endsWith('.md')))
      rmSync(join(folder, '.changeset', file));
    writeFileSync(join(folder, '.changeset/one.md'), `---\n"@headgate/core-native": ${kind}\n---\n\n${TEXT}\n`);
    assertAllAt(version, versioned(folder));
    assertChangelogs(folder, version);
    assert.ok(read(folder, 'packages/core-native/CHANGELOG.md').includes(TEXT));
  });
const moved = join(work, 'minor');
await checks.attempt('both halves of the native engine are held to that version', () =>
  assertEngines(moved, NEXT.minor),
);
checks.command('the lockfile still fits', pnpm, [...pnpmArgs, 'install', ...LOCKED], moved);
checks.command(
  'the manifests are formatted',
  join(root, 'node_modules/.bin/biome'),
  ['ci', '--colors=off', '.'],
  moved,
);
rmSync(work, { recursive: true });
checks.end();

function copied(name) {
  const folder = join(work, name);
  const files = execFileSync('git', ['ls-files', ...COPIED], { cwd: root, encoding: 'utf8' })
    .trim()
    .split('\n');
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(root, 'node_modules/@changesets'), join(folder, 'node_modules/@changesets'), 'junction');
  return folder;
}

/** The manifests of all published packages after `changeset version`, by name. */
function versioned(folder) {
  succeeds(process.execPath, [join(folder, 'node_modules/@changesets/cli/bin.js'), 'version'], folder);
  const manifests = published.map((each) => [each.name, JSON.parse(read(folder, each.folder, 'package.json'))]);
  return Object.fromEntries(manifests);
}

/** They ask for each other by `workspace:*`, which packing turns into that one version. */
function assertAllAt(version, manifests) {
  for (const [name, { version: own, dependencies, optionalDependencies, peerDependencies }] of Object.entries(
    manifests,
  )) {
    assert.equal(own, version, name);
    const asked = { ...dependencies, ...optionalDependencies, ...peerDependencies };
    for (const [each, range] of Object.entries(asked).filter(([each]) => each in manifests))
      assert.equal(range, 'workspace:*', `${name} asks for ${each}`);
  }
}

function assertChangelogs(folder, version) {
  for (const each of published)
    assert.match(read(folder, each.folder, 'CHANGELOG.md'), new RegExp(`^## ${version}$`, 'm'), each.name);
}

/** What JavaScript holds a binary to is bundled from the manifest, and `build.rs` takes the first version in it. */
async function assertEngines(folder, version) {
  const outfile = join(folder, 'version.mjs');
  buildSync({
    entryPoints: [join(folder, 'packages/core-native/js/version.ts')],
    bundle: true,
    format: 'esm',
    outfile,
    logLevel: 'error',
  });
  assert.equal((await import(pathToFileURL(outfile).href)).version, version);
  rmSync(outfile);
  assert.match(read(folder, 'packages/core-native/package.json').split('"version"')[1], new RegExp(`^: "${version}"`));
}

function succeeds(command, args, cwd) {
  const { status, output } = run(command, args, cwd);
  assert.equal(status, 0, output);
}

function read(...path) {
  return readFileSync(join(...path), 'utf8');
}
