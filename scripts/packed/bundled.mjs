// Each folder of `bundlers` is a project with one tool: installs it with the tarballs, and runs its test.
import { cpSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../bundlers', import.meta.url));
const SHARED = [
  ...readdirSync(folder)
    .filter((name) => name.endsWith('.mjs'))
    .map((name) => join(folder, name)),
  fileURLToPath(new URL('../free-port.mjs', import.meta.url)),
];
export const TOOLS = readdirSync(folder).filter((name) => !name.includes('.'));

/** Checks each tool by `check(name, command, args, cwd)`, in a folder of its own under `work`. */
export function checkBundlers(check, work, tarballs, tools = TOOLS) {
  for (const tool of tools) {
    const project = join(work, tool);
    cpSync(join(folder, tool), project, { recursive: true });
    for (const file of SHARED) cpSync(file, join(project, basename(file)));
    const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs];
    if (check(`${tool}: install`, 'npm', install, project))
      check(`${tool}: bundled, traced or resolved by it`, process.execPath, ['test.mjs'], project);
  }
}
