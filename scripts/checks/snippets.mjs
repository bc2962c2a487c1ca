// Type-checks each TypeScript example of the READMEs and of docs/, and runs it and each JavaScript one, against the packages
// as they were built. No example may count by a whole IPv6 address, of which a client has 2^64. A comment before an example says what is different:
//
//   <!-- snippet: types only: reason -->   it is not run
//   <!-- snippet: not run: reason -->      nor is a JavaScript one; it is parsed
//   <!-- snippet: not checked: reason -->  a part of something that is not all there
//   <!-- snippet: file NAME -->            it is written to that file, which others of its page import; tests are run
//
// Ends with one line that counts them.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { readSnippets } from '../docs/read-snippets.mjs';
import { runAll } from '../docs/run-snippets.mjs';
import { typeErrors } from '../docs/type-snippets.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** In the package, so that `headgate` and what it is tested with are found from there. */
const work = join(root, 'packages/headgate/.snippets');

const pages = execFileSync('git', ['ls-files', 'README.md', 'docs/*.md', 'packages/*/README.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n');
const snippets = pages.flatMap((page) => readSnippets(page, readFileSync(join(root, page), 'utf8')));

rmSync(work, { recursive: true, force: true });
for (const snippet of snippets) {
  const { path, code, language } = snippet;
  mkdirSync(dirname(join(work, path)), { recursive: true });
  writeFileSync(join(work, path), language === 'ts' ? `${code}export {};\n` : code);
  if (language === 'ts') writeFileSync(join(work, path.replace(/\.ts$/, '.mjs')), transpiled(code));
}
const errors = typeErrors(work, snippets);
const failures = await runAll(
  work,
  snippets.filter((snippet) => snippet.runs && !errors.has(snippet)),
);
for (const [snippet, why] of failures) errors.set(snippet, why);
for (const snippet of snippets.filter(({ code }) => readsWholeAddress(code)))
  errors.set(snippet, 'it reads an address and masks it by nothing: take maskAddress of headgate/http');

for (const snippet of snippets) {
  const { name, reason } = snippet;
  const why = errors.get(snippet);
  console.log(`${why === undefined ? 'passed' : 'failed'}: ${name}${reason === undefined ? '' : ` (${reason})`}`);
  if (why !== undefined) console.log(why);
}
if (errors.size === 0) rmSync(work, { recursive: true });
console.log(`${snippets.length - errors.size} passed, ${errors.size} failed`);
process.exit(errors.size === 0 && snippets.length > 0 ? 0 : 1);

function readsWholeAddress(code) {
  return /\.(remoteAddress|ip)\b|\{ address \}/.test(code) && !/maskAddress|ipKeyGenerator/.test(code);
}

function transpiled(code) {
  const { ES2022 } = ts.ScriptTarget;
  const compilerOptions = { target: ES2022, module: ts.ModuleKind.ESNext, experimentalDecorators: true };
  return ts.transpileModule(code, { compilerOptions }).outputText;
}
