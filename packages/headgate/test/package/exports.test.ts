import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

/** What only an entry that chooses a backend has. */
const CHOOSES = ['Attempt', 'Backend', 'backends', 'Candidate'];

/** What `headgate/ts` has beside them. */
const BESIDE = ['FixedWindowLimiter', 'FixedWindowOptions'];

it('has in headgate/ts all names of headgate, types too, but for those that choose a backend', () => {
  const [entry, standIn] = ['index', 'ts'].map((name) =>
    fileURLToPath(new URL(`../../src/${name}.ts`, import.meta.url)),
  );
  const program = ts.createProgram([entry as string, standIn as string], { skipLibCheck: true, types: [] });
  const namesOf = (file: string | undefined) => {
    const module = program.getTypeChecker().getSymbolAtLocation(program.getSourceFile(file as string) as ts.SourceFile);
    return program
      .getTypeChecker()
      .getExportsOfModule(module as ts.Symbol)
      .map(({ name }) => name);
  };
  const wanted = namesOf(entry).filter((name) => !CHOOSES.includes(name));
  expect(wanted.length).toBeGreaterThan(10);
  expect(namesOf(standIn).sort()).toEqual([...wanted, ...BESIDE].sort());
});
