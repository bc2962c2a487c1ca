// Writes the types of all packages beside their code. TypeScript runs once over all sources, and what it emits is bundled by
// entry. The CommonJS declarations are the whole; those of the ES modules pass them on, so that a class is one type in both,
// and takes its room once.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import { entriesOf } from './entries.mjs';

const packages = fileURLToPath(new URL('../../packages', import.meta.url));
const emitted = fileURLToPath(new URL('../../target/declarations', import.meta.url));
const config = fileURLToPath(new URL('../../tsconfig.declarations.json', import.meta.url));
/** ES modules import CommonJS of these in Node, and TypeScript must not offer them a name as a value that is only a type. */
const COMMONJS_IN_NODE = ['core-ts', 'core-native', 'headgate'];
/** What the bundler drops: without it `using` has no types in a project without that library. */
const BANNERS = { 'core-ts': '/// <reference lib="esnext.disposable" />' };

rmSync(emitted, { recursive: true, force: true }); // what was made of a file that is gone
const require = createRequire(import.meta.url);
const tsc = require.resolve('typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', config], { stdio: 'inherit' });
if (status !== 0) process.exit(1);
for (const name of ['core-ts', 'core-native', 'conformance', 'headgate']) await bundle(name);

async function bundle(name) {
  const sources = join(emitted, name, name === 'core-native' ? 'js' : 'src');
  const output = join(packages, name, 'dist');
  const bundled = await rollup({
    input: entriesOf(join(packages, name, 'package.json'), sources, '.d.ts'),
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    plugins: [dts()],
    onwarn(warning) {
      throw new Error(`${name}: ${warning.message}`);
    },
  });
  const { output: files } = await bundled.write({
    dir: output,
    banner: BANNERS[name],
    entryFileNames: '[name].d.cts',
    chunkFileNames: ({ name: file }) => `${file.replace(/\.d$/, '')}-[hash].d.cts`,
  });
  for (const { isEntry, name: entry, code } of files) {
    if (!isEntry) continue;
    if (COMMONJS_IN_NODE.includes(name))
      writeFileSync(join(output, `${entry}.d.cts`), typesMarked(code, require(join(output, `${entry}.cjs`))));
    if (existsSync(join(output, `${entry}.js`))) writeFileSync(join(output, `${entry}.d.ts`), passedOn(entry, code));
  }
}

/** The bundler forgets which exports are types: those that the code does not have. */
function typesMarked(code, { ...values }) {
  return code.replaceAll(/^export \{([^}]*)\}/gm, (_, list) => {
    const names = list.split(',').map((each) => each.trim());
    const isValue = (each) => each.startsWith('type ') || /(\w+)$/.exec(each)[1] in values;
    return `export { ${names.map((each) => (isValue(each) ? each : `type ${each}`)).join(', ')} }`;
  });
}

/** An ES module that imports a CommonJS one gets all of it as its default, so that one goes by its other name. */
function passedOn(entry, code) {
  const file = `./${basename(entry)}.cjs`;
  const [, name] = /(\w+) as default\b/.exec(code) ?? [];
  return `export * from '${file}';\n${name === undefined ? '' : `export { ${name} as default } from '${file}';\n`}`;
}
