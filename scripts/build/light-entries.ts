import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';

/** Below this, a file of its own would take longer to find. */
const LIGHT_BYTES = 8192;

/**
 * Makes each CommonJS entry light: a file that names what it exports, with the code in one beside it. Node reads the whole of
 * a CommonJS file that an ES module imports, for its names, before it runs it: 15 ms for 100 kB. A default export, which such
 * an import can't see, gets an ES module that passes it on.
 */
export function lightEntries(folder: string, entries: readonly string[]): void {
  const require = createRequire(import.meta.url);
  for (const entry of entries) {
    const path = join(folder, `${entry}.cjs`);
    const names = Object.keys(require(resolve(path)));
    if (names.includes('default'))
      writeFileSync(
        join(folder, `${entry}.js`),
        `import entry from"./${basename(entry)}.cjs";export*from"./${basename(entry)}.cjs";export default entry.default;\n`,
      );
    if (readFileSync(path).length < LIGHT_BYTES) continue;
    const code = `${entry}-code.cjs`;
    renameSync(path, join(folder, code));
    const given = names.map((name) => `exports.${name}=code.${name};`).join('');
    writeFileSync(
      path,
      `"use strict";Object.defineProperty(exports,"__esModule",{value:true});const code=require("./${basename(code)}");${given}\n`,
    );
  }
}
