import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLATFORM_PREFIX } from './packages.mjs';

/** The tarball of a package, in a folder of its own below `staging`; `workspace:*` has become versions in it. */
export function pack({ path, manifest: { name, optionalDependencies = {} } }, packages, staging) {
  const output = join(staging, name.replace('/', '-'));
  run('npx', ['--yes', 'pnpm@12.21.0', 'pack', '--pack-destination', output], path);
  const tarball = join(output, readdirSync(output)[0]);
  const names = new Set(packages.map(({ manifest }) => manifest.name));
  const left = Object.keys(optionalDependencies).filter((each) => each.startsWith(PLATFORM_PREFIX) && !names.has(each));
  return left.length === 0 ? tarball : without(left, tarball, output);
}

/** The same tarball without these optional dependencies: not every installer goes on where the registry has none. */
function without(left, tarball, output) {
  const unpacked = join(output, 'unpacked');
  mkdirSync(unpacked);
  run('tar', ['-xzf', tarball, '-C', unpacked], output);
  const file = join(unpacked, 'package/package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  for (const each of left) delete manifest.optionalDependencies[each];
  writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
  run('npm', ['pack', '--ignore-scripts', '--pack-destination', output], join(unpacked, 'package'));
  console.log(`${manifest.name}: packed without ${left.join(', ')}`);
  return tarball;
}

function run(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error ?? `${stdout}${stderr}`}`);
}
