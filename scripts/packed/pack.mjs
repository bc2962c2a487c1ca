// Packs packages of the workspace by one call of pnpm, and puts tarballs into a project without an installer.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../checks.mjs';
import { pnpm, pnpmArgs } from '../pnpm.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Packs these packages, by their names, into `folder`; answers the tarballs in the same order. */
export function packInto(folder, names) {
  const filters = names.map((name) => `--filter=${name}`);
  const { status, output } = run(pnpm, [...pnpmArgs, '-r', ...filters, 'pack', '--pack-destination', folder], root);
  if (status !== 0) throw new Error(`${names.join(', ')} can't be packed: ${output}`);
  const tarballs = readdirSync(folder);
  return names.map((name) => {
    const pattern = new RegExp(`^${name.replace(/^@/, '').replace('/', '-')}-\\d.*\\.tgz$`);
    const file = tarballs.find((each) => pattern.test(each));
    if (file === undefined) throw new Error(`nothing was packed from ${name}`);
    return join(folder, file);
  });
}

/** Unpacks tarballs into a project's `node_modules`, as npm does, but for what they depend on. Answers their manifests. */
export function unpackInto(project, tarballs) {
  return tarballs.map((tarball) => {
    const unpacked = join(project, 'node_modules/.unpacked');
    mkdirSync(unpacked, { recursive: true });
    // by its name alone: GNU tar takes what stands before a colon for a host
    const { status, output } = run('tar', ['-xzf', basename(tarball), '-C', unpacked], dirname(tarball));
    if (status !== 0) throw new Error(`${tarball} can't be unpacked: ${output}`);
    const manifest = JSON.parse(readFileSync(join(unpacked, 'package/package.json'), 'utf8'));
    const folder = join(project, 'node_modules', manifest.name);
    mkdirSync(dirname(folder), { recursive: true });
    renameSync(join(unpacked, 'package'), folder);
    rmSync(unpacked, { recursive: true });
    return manifest;
  });
}
