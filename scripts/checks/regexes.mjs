// Every regular expression in the packages' sources, by recheck: none takes more than a time that grows with the length
// of the text. Strangers write what most of them read: headers, addresses, log lines, answers of servers.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { Checks, run } from '../checks.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** With programs of its own for each system, of some 60 MB: beside the workspace, as the registry of the installs' test. */
const VERSION = '4.5.0';
/** Against one that it can't decide; it says so then. */
const HANG_MS = 600_000;

const checks = new Checks();
const { checkSync } = install();
const found = sources().flatMap(expressionsIn);
for (const { where, text } of found) {
  const end = text.lastIndexOf('/');
  const told = checkSync(text.slice(1, end), text.slice(end + 1), { timeout: HANG_MS });
  if (told.status !== 'safe') {
    const why = told.status === 'vulnerable' ? told.complexity.summary : `recheck can't tell: ${told.error.kind}`;
    checks.outcome(`${where} ${text}`, false, `${why}, as on ${told.attack?.pattern ?? 'what it did not find'}`);
  }
}
checks.outcome(`${found.length} regular expressions were looked at`, found.length > 50, 'the sources were not found');
checks.end();

function install() {
  const folder = join(root, `target/recheck-${VERSION}`);
  if (!existsSync(join(folder, 'node_modules/recheck'))) {
    mkdirSync(folder, { recursive: true });
    const args = ['install', '--prefix', folder, '--no-audit', '--no-fund', `recheck@${VERSION}`];
    const { status } = spawnSync('npm', args, { cwd: folder, stdio: 'inherit' });
    if (status !== 0) throw new Error('recheck could not be installed');
  }
  return createRequire(join(folder, 'package.json'))('recheck');
}

function sources() {
  const { stdout } = run('git', ['ls-files', 'packages/*/src/*.ts', 'packages/core-native/js/*.ts'], root);
  return stdout.split('\n').filter((file) => file !== '' && !file.endsWith('.test.ts'));
}

function expressionsIn(file) {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const expressions = [];
  const visit = (node) => {
    if (ts.isRegularExpressionLiteral(node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      expressions.push({ where: `${file}:${line + 1}`, text: node.text });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return expressions;
}
