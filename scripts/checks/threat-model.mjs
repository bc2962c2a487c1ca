// Checks docs/threat-model.md: each threat names a test at least, and each test that it names is there. A test is a file
// with the title that stands in it, a law, or a script that `.ci/run` runs.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { Checks } from '../checks.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const TESTS = /^(?:it|test|describe|itNative|itMeasured|withServers)\b/;
const page = read('docs/threat-model.md');
const steps = read('.ci/run');
const laws = read('packages/conformance/src/run/laws.ts');

const checks = new Checks();
for (const section of page.split(/^### /m).slice(1)) {
  const [threat, ...lines] = section.split('\n');
  const faults = [];
  const named = lines.filter((line) => line.startsWith('- '));
  if (named.length === 0) faults.push('it names no test');
  for (const line of named) {
    const [, file, title] = /^- `([^`]+)`(?:: `(.+)`)?/.exec(line) ?? [];
    const fault = file === undefined ? 'it names no file' : faultOf(file, title);
    if (fault !== undefined) faults.push(`${line.slice(2)}: ${fault}`);
  }
  checks.outcome(threat, faults.length === 0, faults.join('\n'));
}
checks.end();

function faultOf(file, title) {
  if (!existsSync(join(root, file))) return 'there is no such file';
  if (file.startsWith('scripts/')) return steps.includes(`node ${file}`) ? undefined : '.ci/run does not run it';
  const [, law] = /^packages\/conformance\/src\/(laws\/.+)\.ts$/.exec(file) ?? [];
  if (law !== undefined) return laws.includes(`'../${law}.js'`) ? undefined : 'the law is not run';
  if (title === undefined) return 'it names no title';
  if (file.endsWith('.rs'))
    return read(file).includes(`#[test]\n    fn ${title}(`) ? undefined : 'there is no such test';
  return titlesIn(file).includes(title) ? undefined : 'there is no test of that title';
}

/** As they are written, with what is put in by `%s` or `${}` as it stands there. */
function titlesIn(file) {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
  const titles = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && TESTS.test(node.expression.getText())) {
      for (const argument of node.arguments.slice(0, 1))
        if (ts.isStringLiteralLike(argument)) titles.push(argument.text);
        else if (ts.isTemplateExpression(argument)) titles.push(argument.getText().slice(1, -1));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return titles;
}

function read(file) {
  return readFileSync(join(root, file), 'utf8');
}
