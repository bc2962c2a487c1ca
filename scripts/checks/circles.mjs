// Lists circles of imports within each package, those of types too: node scripts/checks/circles.mjs
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const files = execFileSync('git', ['ls-files', 'packages', 'bench', 'scripts'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.(ts|mts|mjs)$/.test(file) && existsSync(file));

const imports = new Map(files.map((file) => [file, importsOf(file)]));

/** The files that a file names by a relative path: by `import`, `export … from` or `import()`. */
function importsOf(file) {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => join(dirname(file), fileName))
    .flatMap((path) => [path, path.replace(/\.(m?)js$/, '.$1ts')].filter((each) => files.includes(each)).slice(0, 1));
}

/** Tarjan's strongly connected components: those of more than one file are circles. */
function circles() {
  const [numbers, low, stack, found] = [new Map(), new Map(), [], []];
  const visit = (file) => {
    numbers.set(file, numbers.size);
    low.set(file, numbers.get(file));
    stack.push(file);
    for (const next of imports.get(file)) {
      if (!numbers.has(next)) visit(next);
      if (stack.includes(next)) low.set(file, Math.min(low.get(file), low.get(next)));
    }
    if (low.get(file) !== numbers.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1 || imports.get(file).includes(file)) found.push(circle);
  };
  for (const file of files) if (!numbers.has(file)) visit(file);
  return found;
}

const found = circles();
for (const circle of found) console.log(`a circle of imports:\n  ${circle.join('\n  ')}`);
console.log(`${files.length} files, ${found.length} circles of imports`);
process.exitCode = found.length === 0 ? 0 : 1;
