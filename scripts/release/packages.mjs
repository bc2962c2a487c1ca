import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { refusalOf } from './binary.mjs';
import { TARGETS } from './targets.mjs';

const folder = fileURLToPath(new URL('../../packages', import.meta.url));
export const PLATFORM_PREFIX = '@headgate/core-native-';

/** What is published, each package after those that it depends on. */
export function readPackages(platforms) {
  const natives = platforms.map((platform) => read(join('core-native/npm', platform), platform));
  return [...natives, ...['core-ts', 'core-native', 'conformance', 'headgate'].map((name) => read(name))];
}

/** Why these can't be published, a line each. */
export function faultsOf(packages) {
  const versions = new Set(packages.map(({ manifest }) => manifest.version));
  const faults = packages.flatMap((each) => [...missingFiles(each), ...platformFaults(each)]);
  if (versions.size > 1) faults.push(`all packages have one version, and these are ${[...versions].join(', ')}`);
  return [...faults, ...builtFaults(packages), ...nameFaults(packages)];
}

function read(name, platform) {
  const path = join(folder, name);
  return { path, platform, manifest: JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) };
}

function missingFiles({ path, platform, manifest: { name, files } }) {
  const expected = [...files, 'README.md', 'LICENSE'].filter((file) => !file.includes('*') && !file.startsWith('!'));
  const missing = expected.filter((file) => !existsSync(join(path, file)));
  return missing
    .filter((file) => platform === undefined || !file.endsWith('.node'))
    .map((file) => `${name} has no ${file}`);
}

/** That npm installs it where the loader looks for it, and that its binary is what its name says. */
function platformFaults({ path, platform, manifest }) {
  if (platform === undefined) return [];
  const { arch, libc } = TARGETS[platform];
  const wanted = {
    name: `${PLATFORM_PREFIX}${platform}`,
    os: [platform.split('-', 1)[0]],
    cpu: [arch],
    libc: libc === undefined ? undefined : [libc],
  };
  const faults = Object.entries(wanted)
    .filter(([field, value]) => JSON.stringify(manifest[field]) !== JSON.stringify(value))
    .map(
      ([field, value]) =>
        `${wanted.name}: ${field} must be ${JSON.stringify(value)}, got ${JSON.stringify(manifest[field])}`,
    );
  const binary = `headgate.${platform}.node`;
  if (!manifest.files.includes(binary)) faults.push(`${wanted.name}: files must have ${binary}`);
  const refusal = refusalOf(join(path, binary), platform, manifest.version);
  return refusal === undefined ? faults : [...faults, `${wanted.name}: ${binary}: ${refusal}`];
}

/** What is built tells its version, and takes no binary of another one. */
function builtFaults(packages) {
  const { path, manifest } = packages.find(({ manifest: { name } }) => name === '@headgate/core-native');
  const entry = join(path, manifest.main);
  if (!existsSync(entry)) return [];
  const { version } = createRequire(entry)(entry);
  return version === manifest.version
    ? []
    : [`${manifest.name} was built as ${version}, and is ${manifest.version}: pnpm build`];
}

/** core-native names all platforms: one that it doesn't name would be installed by nobody. */
function nameFaults(packages) {
  const { manifest } = packages.find(({ manifest: { name } }) => name === '@headgate/core-native');
  return Object.keys(TARGETS)
    .filter((platform) => manifest.optionalDependencies?.[`${PLATFORM_PREFIX}${platform}`] === undefined)
    .map((platform) => `${manifest.name}: optionalDependencies must have ${PLATFORM_PREFIX}${platform}`);
}
