import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const target = fileURLToPath(new URL('../target', import.meta.url));

/**
 * The folder of the programs that these packages of PyPI bring, by exact version, kept in `target/` from one run to the
 * next; `undefined` where there is no Python, or no network.
 *
 * @param {string} name of the folder
 * @param {readonly string[]} packages as `ziglang==0.17.1`
 */
export function pythonTools(name, packages) {
  const folder = join(target, name, packages.join('-'));
  const programs = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
  const installed = join(folder, 'installed');
  if (existsSync(installed)) return programs;
  const python = join(programs, 'python3');
  const steps = [
    ['python3', ['-m', 'venv', folder]],
    [python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:', ...packages]],
    [python, ['-c', `open(${JSON.stringify(installed)}, 'w').close()`]],
  ];
  return steps.every(([command, args]) => spawnSync(command, args, { stdio: 'inherit' }).status === 0)
    ? programs
    : undefined;
}
