import { build } from 'tsup';
import { assertBackend, assertElsewhere, BINARY } from './built.mjs';

const shared = { entry: ['app.mjs'], config: false, silent: true, target: 'node20' };

// What package.json names as a dependency is left out of the build.
await build({ ...shared, format: ['esm', 'cjs'], outDir: 'out/external' });
for (const file of ['app.mjs', 'app.js']) assertBackend('native', `out/external/${file}`);

await build({ ...shared, format: ['cjs'], outDir: 'out/whole', noExternal: [/.*/] });
assertElsewhere('ts', 'out/whole/app.js');
assertElsewhere('native', 'out/whole/app.js', [BINARY]);
