import { dirname, join } from 'node:path/posix';
import type * as Core from '@headgate/core-ts';
import ts from 'typescript';
import { type Fault, read, seed } from './fault.js';

export const SOURCES = new URL('../../core-ts/src/', import.meta.url);

/** Compiled once per file and text, since all faults but one line share all the rest. */
const compiled = new Map<string, string>();

/** `@headgate/core-ts` from its sources, with one fault in it, or none. */
export function loadCore(fault?: Fault): typeof Core {
  const modules = new Map<string, object>();
  if (fault !== undefined) seed(read(fault.file, SOURCES), fault);
  return load('index.ts') as typeof Core;

  function load(file: string): object {
    const known = modules.get(file);
    if (known !== undefined) return known;
    const exports = {};
    modules.set(file, exports);
    const source = read(file, SOURCES);
    const program = compile(fault?.file === file ? seed(source, fault) : source);
    const require = (specifier: string) => load(join(dirname(file), specifier.replace(/\.js$/, '.ts')));
    new Function('require', 'exports', program)(require, exports);
    return exports;
  }
}

function compile(source: string): string {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const program = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  }).outputText;
  compiled.set(source, program);
  return program;
}
