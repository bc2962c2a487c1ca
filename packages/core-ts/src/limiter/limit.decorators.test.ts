import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../../test/decorators/', import.meta.url));
/** One source for both kinds. */
const file = `${folder}api.ts`;
const source = fileURLToPath(new URL('../index.ts', import.meta.url));

const inCi = process.env.CI === 'true';
const TYPES = 'type-checks and keeps the types of the method';

interface Api {
  login(name: string): string;
  greet(user: string): string;
}

interface Compiled {
  readonly Api: { new (): Api; readonly prototype: Api; fetch(id: number): Promise<number> };
}

describe.each([
  { kind: 'standard', experimentalDecorators: false },
  { kind: 'experimental', experimentalDecorators: true },
])('limit() as a decorator ($kind)', ({ experimentalDecorators }) => {
  it.skipIf(!inCi)(inCi ? TYPES : `${TYPES} (skipped: a compiler takes seconds, so CI runs it)`, () => {
    const program = ts.createProgram([file], {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      paths: { '@headgate/core-ts': [source] },
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.decorators.d.ts'],
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
      experimentalDecorators,
    });
    const messages = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    expect(messages).toEqual([]);
  });

  it('limits methods, with their this, and static ones', async () => {
    const { Api } = await compile(experimentalDecorators);
    const api = new Api();
    expect(api.login('bob')).toBe('hello bob');
    expect(() => api.login('eve')).toThrow('Rate limit exceeded for key "login": limit 2');
    expect([api.greet('x'), api.greet('x'), api.greet('x'), api.greet('y')]).toEqual([
      'hi x',
      'hi x',
      'later, x',
      'hi y',
    ]);
    expect([Api.prototype.login.name, Api.prototype.login.length]).toEqual(['login', 1]);
    expect([await Api.fetch(1), await Api.fetch(2)]).toEqual([2, 4]);
    await expect(Api.fetch(3)).rejects.toMatchObject({ name: 'RateLimitExceeded', key: 'static' });
  });
});

/** Emits the fixture beside itself, where its import resolves, and imports it. */
async function compile(experimentalDecorators: boolean): Promise<Compiled> {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, experimentalDecorators };
  const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions });
  const out = mkdtempSync(`${folder}.compiled-`);
  try {
    const script = `${out}/fixture.js`;
    writeFileSync(script, outputText);
    return await import(pathToFileURL(script).href);
  } finally {
    rmSync(out, { recursive: true });
  }
}
