// Publishes all packages to a registry on loopback, by the very step of a release, and installs headgate from there as
// strangers do: with each package manager, without cargo on the PATH, and with what may be wrong afterwards. Ends with one
// line that counts the checks.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { platformName } from '../build/build-native.mjs';
import { Checks } from '../checks.mjs';
import { checkDamages, checkLockfileOfElsewhere, used } from './damaged.mjs';
import { checkFigures } from './figures.mjs';
import { emptyProject, installManagers, MANAGERS } from './managers.mjs';
import { startRegistry } from './registry.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'headgate-install-'));
chmodSync(work, 0o755); // another user looks at it too
const checks = new Checks();
const env = strangersEnvironment();

const registry = await startRegistry(join(work, 'registry'));
try {
  installManagers();
  const publish = ['scripts/release/publish.mjs', '--registry', registry.url, '--platforms', platformName()];
  const settings = { ...process.env, NPM_CONFIG_USERCONFIG: registry.settings };
  if (checks.command('published as a release is', process.execPath, publish, root, settings)) {
    for (const manager of MANAGERS) await checkManager(manager);
    const installed = join(work, 'npm');
    await checkFigures(checks, installed);
    await checkDamages(checks, installed, platformName(), env);
    await checkLockfileOfElsewhere(checks, project('elsewhere'), platformName(), env);
  }
} finally {
  registry.close();
}
rmSync(work, { recursive: true });
checks.end();

async function checkManager(manager) {
  const { name, install, withoutOptional, node } = manager;
  const folder = project(name.replace(/\W+/g, '-'), manager);
  if (installedBy(`${name}: install`, install, folder))
    await checks.attempt(`${name}: native is chosen`, () => {
      const { backend, answers, tried } = used(folder, env, {}, node);
      assert.deepEqual({ backend, answers }, { backend: 'native', answers: [true, false] }, JSON.stringify(tried));
    });
  if (withoutOptional === undefined) return;
  const without = project(`${name.replace(/\W+/g, '-')}-without`, manager);
  if (installedBy(`${name}: install without optional`, withoutOptional, without))
    await checks.attempt(`${name}: without optional, TypeScript is chosen and says why`, () => {
      const { backend, answers, tried } = used(without, env, {}, node);
      assert.deepEqual({ backend, answers }, { backend: 'ts', answers: [true, false] });
      const error = "Cannot find module '@headgate/core-native'";
      assert.deepEqual(tried, [{ what: 'package @headgate/core-native', error }]);
    });
}

function installedBy(name, [command, ...args], folder) {
  return checks.command(name, command, [...args, 'headgate'], folder, env);
}

function project(name, manager) {
  const folder = join(work, name);
  emptyProject(folder, registry, manager);
  copyFileSync(join(root, 'scripts/installs/use.mjs'), join(folder, 'use.mjs'));
  return folder;
}

/** Caches of their own, so that nothing of another run is taken; and no cargo. */
function strangersEnvironment() {
  const PATH = process.env.PATH.split(':')
    .filter((folder) => spawnSync(join(folder, 'cargo'), ['--version']).error?.code === 'ENOENT')
    .join(':');
  assert.equal(spawnSync('cargo', ['--version'], { env: { PATH } }).error?.code, 'ENOENT');
  return {
    PATH,
    HOME: join(work, 'home'),
    npm_config_cache: join(work, 'cache'),
    YARN_ENABLE_TELEMETRY: '0',
    CI: 'true',
    NO_COLOR: '1',
  };
}
