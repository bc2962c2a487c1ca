// What an installed project does once something is wrong with it: TypeScript decides, one line says why, and `doctor` tells
// the cause.
import assert from 'node:assert/strict';
import { chmodSync, cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../checks.mjs';
import { DAMAGES } from './damages.mjs';

/** To whom permissions apply, which they do not to root. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
/** What `doctor` exits with where something is to be mended. */
const MEND = 1;

/** `installed`: a project as `npm install headgate` leaves it. */
export async function checkDamages(checks, installed, platform, env) {
  for (const damage of DAMAGES)
    await checks.attempt(`${damage.name}: TypeScript goes on, and doctor tells the cause`, () => {
      const folder = assertGoesOn(damage, installed, platform, env);
      assertDoctor(folder, damage.doctor, MEND, env, userFor(damage));
    });
  await checks.attempt('a folder that is read-only: native runs, and doctor is content', () => {
    const folder = copyOf(installed, 'read-only');
    setReadOnly(folder);
    const { backend, tried } = used(folder, env, NOBODY);
    assert.equal(backend, 'native', JSON.stringify(tried));
    assertDoctor(folder, /^native, from package/, 0, env, NOBODY);
  });
}

/** Does one of `DAMAGES` to a copy of the project, whose folder it answers: TypeScript decides, and one line says why. */
export function assertGoesOn(damage, installed, platform, env) {
  const { version } = JSON.parse(readFileSync(join(installed, 'node_modules/headgate/package.json'), 'utf8'));
  const folder = copyOf(installed, damage.name);
  const binary = join(folder, `node_modules/@headgate/core-native-${platform}/headgate.${platform}.node`);
  damage.damage({ folder, binary, version });
  assertTypescript(folder, damage.told, env, userFor(damage));
  return folder;
}

/** As npm before 11 wrote it where node_modules was there before: without the binaries of other platforms. */
export async function checkLockfileOfElsewhere(checks, folder, platform, env) {
  const npm = (...args) => {
    const { status, output } = run('npm', args, folder, env);
    assert.equal(status, 0, output);
  };
  await checks.attempt('a lockfile made on another platform: TypeScript goes on, and doctor tells the cause', () => {
    npm('install', 'headgate', '--package-lock-only');
    const file = join(folder, 'package-lock.json');
    const lock = JSON.parse(readFileSync(file, 'utf8'));
    delete lock.packages[`node_modules/@headgate/core-native-${platform}`];
    delete lock.packages['node_modules/@headgate/core-native'].optionalDependencies;
    writeFileSync(file, JSON.stringify(lock));
    npm('ci');
    assertTypescript(folder, /^Cannot find module '@headgate\/core-native-/, env);
    assertDoctor(folder, /package-lock\.json was made on another platform/, MEND, env);
  });
}

/** What `use.mjs` prints. */
export function used(folder, env, who, [command, ...args] = [process.execPath]) {
  const { status, stdout, output } = run(command, [...args, 'use.mjs'], folder, env, who);
  assert.equal(status, 0, output);
  return JSON.parse(stdout);
}

function assertTypescript(folder, told, env, who) {
  const { backend, answers, tried } = used(folder, env, who);
  assert.deepEqual({ backend, answers }, { backend: 'ts', answers: [true, false] }, JSON.stringify(tried));
  assert.match(tried[0].error, told);
  assert.doesNotMatch(tried[0].error, /\n/);
}

function userFor({ asNobody }) {
  return asNobody ? NOBODY : {};
}

function assertDoctor(folder, expected, exit, env, who) {
  const program = join(folder, 'node_modules/.bin/headgate');
  const { status, stdout, output } = run(process.execPath, [program, 'doctor', '--json'], folder, env, who);
  assert.match(stdout, /^\{/, output);
  const { found } = JSON.parse(stdout).findings.find(({ about }) => about === 'engine');
  assert.match(found, expected);
  assert.equal(status, exit, output);
}

function copyOf(installed, name) {
  const folder = `${installed}-${name.replace(/\W+/g, '-')}`;
  cpSync(installed, folder, { recursive: true, verbatimSymlinks: true });
  return folder;
}

function setReadOnly(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (!entry.isSymbolicLink()) chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o555 : 0o444);
  chmodSync(folder, 0o555);
}
