import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** What pages speak of without saying where it comes from, as scripts/docs/snippet-world.mjs has it. */
const AMBIENT = 'declare const app: any, requireAdmin: any, keyGenerator: any, createMyEngine: any, userId: string;\n';

/** What TypeScript says of each snippet that it says something of; what is JavaScript is parsed. */
export function typeErrors(work, snippets) {
  const ambient = join(work, 'ambient.d.ts');
  writeFileSync(ambient, AMBIENT);
  const byFile = new Map(snippets.map((snippet) => [join(work, snippet.path), snippet]));
  const files = [...byFile].filter(([, { isTyped }]) => isTyped).map(([file]) => file);
  const program = ts.createProgram([ambient, ...files], {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    experimentalDecorators: true,
    types: ['node'],
    typeRoots: [join(work, '../../../node_modules/@types')],
  });
  const errors = new Map();
  for (const { file, start = 0, messageText } of ts.getPreEmitDiagnostics(program)) {
    const snippet = byFile.get(file?.fileName);
    const text = ts.flattenDiagnosticMessageText(messageText, '\n');
    if (snippet === undefined) throw new Error(`${file?.fileName}: ${text}`);
    const { line } = file.getLineAndCharacterOfPosition(start);
    errors.set(snippet, `${errors.get(snippet) ?? ''}  line ${line + 1} of it: ${text}\n`);
  }
  for (const snippet of snippets.filter(({ language, isParsed }) => language !== 'ts' && isParsed)) {
    const { diagnostics } = ts.transpileModule(snippet.code, { reportDiagnostics: true, fileName: 'snippet.mjs' });
    if (diagnostics.length > 0) errors.set(snippet, ts.flattenDiagnosticMessageText(diagnostics[0].messageText, '\n'));
  }
  return errors;
}
