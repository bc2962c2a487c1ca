// Writes the licences of what is in our packages and is not ours: of the crates in each platform's binary, and of the
// packages that are bundled into headgate. `--check` writes nothing, and fails where what is there is not the same.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { linkedCrates } from '../notices/crates.mjs';
import { bundledPackages } from '../notices/packages.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const FILE = 'THIRD-PARTY-NOTICES.md';
const platforms = join(root, 'packages/core-native/npm');
const isCheck = process.argv.includes('--check');

const ofBinaries = textOf('The binary in this package has these crates in it.', linkedCrates(root));
const written = readdirSync(platforms).map((name) => [join(platforms, name, FILE), ofBinaries]);
const headgate = join(root, 'packages/headgate');
written.push([join(headgate, FILE), textOf('These packages are bundled into this one.', bundledPackages(headgate))]);

const other = written.filter(([file, text]) => !existsSync(file) || readFileSync(file, 'utf8') !== text);
for (const [file, text] of other) {
  if (isCheck) console.log(`${file} is not what it would be: node scripts/checks/notices.mjs`);
  else writeFileSync(file, text);
}
process.exit(isCheck && other.length > 0 ? 1 : 0);

/** Those of one text stand together. */
function textOf(head, parts) {
  const byText = new Map(parts.map(({ text }) => [text, parts.filter((each) => each.text === text)]));
  const sections = [...byText].map(([text, those]) => {
    const names = those.map(({ name, version, licence }) => `- ${name} ${version} (${licence})`);
    return `${names.join('\n')}\n\n\`\`\`\n${text}\n\`\`\`\n`;
  });
  return `# Third-party notices\n\n${head}\n\n${sections.join('\n')}`;
}
