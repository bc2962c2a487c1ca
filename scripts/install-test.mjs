// Publishes all packages to a registry on loopback, by the very step of a release, and installs headgate from there as
// strangers do: with each package manager, without cargo on the PATH. Ends with one line that counts the checks.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { platformName } from './build-native.mjs';
import { Checks, run } from './checks.mjs';
import { emptyProject, installManagers, MANAGERS } from './installs/managers.mjs';
import { startRegistry } from './installs/registry.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'headgate-install-'));
chmodSync(work, 0o755); // another user looks at it below
const checks = new Checks();
const env = strangersEnvironment();

const registry = await startRegistry(join(work, 'registry'));
try {
  installManagers();
  const publish = ['scripts/release/publish.mjs', '--registry', registry.url, '--platforms', platformName()];
  const settings = { ...process.env, NPM_CONFIG_USERCONFIG: registry.settings };
  if (checks.command('published as a release is', process.execPath, publish, root, settings))
    for (const manager of MANAGERS) await checkManager(manager);
} finally {
  registry.close();
}
rmSync(work, { recursive: true });
checks.end();

async function checkManager(manager) {
  const folder = join(work, manager.name.replace(/\W+/g, '-'));
  emptyProject(folder, registry, manager);
  copyFileSync(join(root, 'scripts/installs/use.mjs'), join(folder, 'use.mjs'));
  const [command, ...args] = manager.install;
  if (!checks.command(`${manager.name}: install`, command, [...args, 'headgate'], folder, env)) return;
  await checks.attempt(`${manager.name}: native is chosen`, () => {
    const { backend, answers, tried } = used(manager, folder);
    assert.deepEqual({ backend, answers }, { backend: 'native', answers: [true, false] }, JSON.stringify(tried));
  });
  if (manager.withoutOptional === undefined) return;
  const without = `${folder}-without-optional`;
  emptyProject(without, registry, manager);
  copyFileSync(join(root, 'scripts/installs/use.mjs'), join(without, 'use.mjs'));
  const [, ...more] = manager.withoutOptional;
  if (!checks.command(`${manager.name}: install without optional`, command, [...more, 'headgate'], without, env))
    return;
  await checks.attempt(`${manager.name}: without optional, TypeScript is chosen and says why`, () => {
    const { backend, answers, tried } = used(manager, without);
    assert.deepEqual({ backend, answers }, { backend: 'ts', answers: [true, false] });
    assert.deepEqual(tried, [
      { what: 'package @headgate/core-native', error: "Cannot find module '@headgate/core-native'" },
    ]);
  });
}

/** What `use.mjs` prints. */
function used({ node: [command, ...args] }, folder) {
  const { status, stdout, output } = run(command, [...args, 'use.mjs'], folder, env);
  assert.equal(status, 0, output);
  return JSON.parse(stdout);
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
