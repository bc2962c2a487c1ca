// Writes the licences of what is in our packages and is not ours: of the crates and Rust's library in each platform's
// binary, and of the packages that are bundled into headgate. `--check` writes nothing, and fails where what is there is
// not the same.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { linkedCrates, mitTerms, rustLibrary } from '../notices/crates.mjs';
import { bundledPackages } from '../notices/packages.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const FILE = 'THIRD-PARTY-NOTICES.md';
const platforms = join(root, 'packages/core-native/npm');
/** The terms alone, as our own file has them. */
const MIT = mitTerms();
const MIT_LICENSE = `MIT License\n\n${MIT}`;
const isCheck = process.argv.includes('--check');

const ofBinaries = textOf('The binary in this package has these in it.', [rustLibrary(), ...linkedCrates(root)]);
const written = readdirSync(platforms).map((name) => [join(platforms, name, FILE), ofBinaries]);
const headgate = join(root, 'packages/headgate');
written.push([join(headgate, FILE), textOf('These packages are bundled into this one.', bundledPackages(headgate))]);

const other = written.filter(([file, text]) => !existsSync(file) || readFileSync(file, 'utf8') !== text);
for (const [file, text] of other) {
  if (isCheck) console.log(`${file} is not what it would be: node scripts/checks/notices.mjs`);
  else writeFileSync(file, text);
}
process.exit(isCheck && other.length > 0 ? 1 : 0);

/** Those of one text stand together. That of the MIT License stands once, after whom it names in each. */
function textOf(head, parts) {
  const byText = new Map([[MIT_LICENSE, []]]);
  for (const part of parts) {
    const copyrights = copyrightsOf(part);
    const text = copyrights === undefined ? part.text : MIT_LICENSE;
    byText.set(text, [...(byText.get(text) ?? []), named(part), ...(copyrights ?? [])]);
  }
  const sections = [...byText]
    .filter(([, names]) => names.length > 0)
    .map(([text, names]) => `${names.join('\n')}\n\n\`\`\`\n${text}\n\`\`\`\n`);
  return `# Third-party notices\n\n${head}\n\n${sections.join('\n')}`;
}

/** Where its text is the MIT License and nothing else: each line of copyright. */
function copyrightsOf(part) {
  const at = part.text.search(/^Permission is hereby/m);
  if (at < 0 || flat(part.text.slice(at)) !== flat(MIT)) return undefined;
  const lines = part.text
    .slice(0, at)
    .split('\n')
    .map((line) => line.trim());
  const copyrights = lines.filter((line) => /copyright/i.test(line));
  const isTitle = (line) => line === '' || /^\(?(?:The )?MIT(?: License)?(?: \((?:MIT|X11 License)\))?\)?$/i.test(line);
  if (lines.some((line) => !copyrights.includes(line) && !isTitle(line))) return undefined;
  return copyrights.map((line) => `  - ${line}`);
}

function named({ name, version, licence }) {
  return `- ${version === undefined ? name : `${name} ${version}`} (${licence})`;
}

function flat(text) {
  return text.replaceAll(/\s+/g, ' ').trim();
}
