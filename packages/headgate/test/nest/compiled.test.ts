import 'reflect-metadata';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Type } from '@nestjs/common';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { statuses } from '../http/client.js';
import { serving } from './start.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const folder = fileURLToPath(new URL('compiled/', import.meta.url));
const { paths } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config.compilerOptions;
const sources = Object.fromEntries(Object.entries<string[]>(paths).map(([name, [path]]) => [name, [root + path]]));
const file = `${folder}app.mts`;
const inCi = process.env.CI === 'true';
const compilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
};

describe('an application that TypeScript compiles', () => {
  let AppModule: Type<object>;

  beforeAll(async () => {
    AppModule = (await compile()).AppModule;
  });

  it.skipIf(!inCi)(inCi ? 'type-checks' : 'type-checks (skipped: a compiler takes seconds, so CI runs it)', () => {
    const program = ts.createProgram([file], {
      ...compilerOptions,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      paths: sources,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: true,
      types: ['node'],
    });
    const messages = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    expect(messages).toEqual([]);
  });

  it('is limited, by a guard that has other things injected', async () => {
    await serving('express', { imports: [AppModule] }, async (url) => {
      expect(await statuses(url, 3)).toEqual([200, 200, 429]);
      expect(await statuses(url, 1, { tenant: 'other' })).toEqual([200]);
      expect(await statuses(url, 3, { plan: 'gold' })).toEqual([200, 200, 200]);
      expect(await statuses(`${url}/login`, 2)).toEqual([200, 429]);
      expect(await statuses(`${url}/open`, 3)).toEqual([200, 200, 200]);
      expect(await statuses(`${url}/admin`, 2)).toEqual([200, 429]);
    });
  });
});

/** Emits the application beside itself, where its imports resolve, and imports it. */
async function compile(): Promise<{ AppModule: Type<object> }> {
  const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions });
  const out = mkdtempSync(`${folder}.compiled-`);
  try {
    const script = `${out}/app.js`;
    writeFileSync(script, outputText);
    return await import(pathToFileURL(script).href);
  } finally {
    rmSync(out, { recursive: true });
  }
}
