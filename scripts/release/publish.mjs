// The publishing step of a release: all packages that a registry does not have yet in this version, those before others
// that depend on them. `node scripts/release/publish.mjs [--registry URL] [--dry-run]`, after `pnpm build` and with each
// platform's binary in its package. Publishes nothing where one package is not fit for it.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const platforms = join(root, 'packages/core-native/npm');
const { values: options } = parseArgs({
  options: { registry: { type: 'string' }, 'dry-run': { type: 'boolean', default: false } },
});

const packages = ['core-ts', 'core-native', 'conformance', 'headgate'].map((name) => join(root, 'packages', name));
packages.push(...readdirSync(platforms).map((name) => join(platforms, name)));
const faults = packages.flatMap(faultsOf);
const versions = new Set(packages.map((folder) => manifest(folder).version));
if (versions.size > 1) faults.push(`all packages have one version, and these are ${[...versions].join(', ')}`);
if (faults.length > 0) {
  for (const fault of faults) console.log(`not fit to be published: ${fault}`);
  process.exit(1);
}

const isOnCi = process.env.GITHUB_ACTIONS === 'true';
const args = ['-r', '--filter', './packages/**', 'publish', '--access', 'public', '--no-git-checks'];
if (isOnCi) args.push('--provenance');
if (options.registry !== undefined) args.push('--registry', options.registry);
if (options['dry-run']) args.push('--dry-run');
const { status } = spawnSync('npx', ['--yes', 'pnpm@12.21.0', ...args], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);

function manifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** Files that the package says it has, and does not. */
function faultsOf(folder) {
  const { name, files } = manifest(folder);
  return files.filter((file) => !existsSync(join(folder, file))).map((file) => `${name} has no ${file}`);
}
