// Builds the site: `docs/` and a reference made of the doc comments, as pages of plain HTML in docs/.vitepress/dist that
// can be opened from a folder, served from any path, and searched. A link that leads nowhere fails it.
import { spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeReference } from './reference.mjs';
import { deadLinks, makeRelative } from './relative.mjs';
import { searchIndex } from './search-index.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(root, 'docs/.vitepress/dist');

await makeReference(root);
rmSync(dist, { recursive: true, force: true });
const { status } = spawnSync(join(root, 'node_modules/.bin/vitepress'), ['build', 'docs'], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) process.exit(1);
for (const file of readdirSync(join(root, 'docs')).filter((each) => each.endsWith('.png')))
  copyFileSync(join(root, 'docs', file), join(dist, file)); // pages link to pictures as well as they show them
const pages = makeRelative(dist);
const engine = readFileSync(join(root, 'node_modules/minisearch/dist/umd/index.js'), 'utf8');
writeFileSync(join(dist, 'search-index.js'), `${engine}\nwindow.searchIndex = ${searchIndex(dist, pages)};\n`);
const dead = deadLinks(dist, pages);
for (const link of dead) console.log(`leads nowhere: ${link}`);
console.log(`${pages.length} pages in docs/.vitepress/dist: open index.html`);
process.exit(dead.length === 0 ? 0 : 1);
