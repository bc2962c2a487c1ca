// The package managers, each at an exact version, and how each installs into an empty project.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSIONS = { pnpm: 'pnpm@12.21.0', classic: 'classic@npm:yarn@1.22.22', berry: '@yarnpkg/cli-dist@4.18.1' };
const tools = fileURLToPath(new URL('../../target/package-managers', import.meta.url));
const inTools = (path) => join(tools, 'node_modules', path);

const NPM = ['npm'];
const PNPM = [inTools('.bin/pnpm')];
const CLASSIC = [process.execPath, inTools('classic/bin/yarn.js')];
const BERRY = [process.execPath, inTools('@yarnpkg/cli-dist/bin/yarn.js')];
const NODE = [process.execPath];

/**
 * `install` and `withoutOptional` are commands, `node` is how the project's Node is started. `files`: what stands in the
 * project before, of a registry.
 */
export const MANAGERS = [
  { name: 'npm', install: [...NPM, 'install'], withoutOptional: [...NPM, 'install', '--omit=optional'], node: NODE },
  { name: 'pnpm', install: [...PNPM, 'add'], withoutOptional: [...PNPM, 'add', '--no-optional'], node: NODE },
  {
    name: 'yarn 1',
    install: [...CLASSIC, 'add'],
    withoutOptional: [...CLASSIC, 'add', '--ignore-optional'],
    node: NODE,
  },
  { name: 'yarn 4, node-modules', install: [...BERRY, 'add'], node: NODE, files: berry('node-modules') },
  { name: 'yarn 4, pnp', install: [...BERRY, 'add'], node: [...BERRY, 'node'], files: berry('pnp') },
];

/** An empty project on the registry. */
export function emptyProject(folder, registry, { files } = {}) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'stranger', version: '1.0.0', private: true }));
  writeFileSync(join(folder, '.npmrc'), `registry=${registry.url}\nfund=false\naudit=false\nupdate-notifier=false\n`);
  for (const [name, text] of Object.entries(files?.(registry) ?? {})) writeFileSync(join(folder, name), text);
}

/** Once; they are kept from one run to the next. */
export function installManagers() {
  if (Object.keys(VERSIONS).every((name) => existsSync(inTools(name === 'berry' ? '@yarnpkg/cli-dist' : name)))) return;
  mkdirSync(tools, { recursive: true });
  writeFileSync(join(tools, 'package.json'), '{ "private": true }');
  const args = ['install', '--no-audit', '--no-fund', ...Object.values(VERSIONS)];
  const { status, stderr } = spawnSync('npm', args, { cwd: tools, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the package managers can't be installed: ${stderr}`);
}

/** What was published a moment ago is refused by yarn 4 for a day, unless it is told not to. */
function berry(nodeLinker) {
  return ({ url }) => ({
    '.yarnrc.yml': `npmRegistryServer: ${url}\nunsafeHttpWhitelist: [127.0.0.1]\nnodeLinker: ${nodeLinker}\nnpmMinimalAgeGate: 0\n`,
    'yarn.lock': '',
  });
}
