import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chart } from './chart.mjs';
import { readmeSection } from './markdown.mjs';

const RESULTS = new URL('../results/', import.meta.url);
const README = fileURLToPath(new URL('../../README.md', import.meta.url));

/**
 * Writes the JSON and the chart: those that the repository keeps with `write`, and others that git ignores
 * without. With `write` the figures go into the README too, or into the file that `readme` names.
 */
export async function writeReport(report, { write, readme }) {
  const name = write ? 'results' : 'last-run';
  writeFigures(report, name);
  writeFileSync(new URL(`${name}.svg`, RESULTS), await chart(report));
  console.log(`bench/results/${name}.svg`);
  if (write || readme !== undefined) updateReadme(readmeSection(report, `bench/results/${name}.svg`), readme);
}

/** Writes `results/<name>.json`; git ignores names that begin with `last-run.`. */
export function writeFigures(report, name) {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(new URL(`${name}.json`, RESULTS), `${JSON.stringify(report, null, 1)}\n`);
  console.log(`\nbench/results/${name}.json`);
}

/** The figures that the repository keeps. */
export function keptReport(name) {
  return JSON.parse(readFileSync(new URL(`${name}.json`, RESULTS), 'utf8'));
}

/**
 * Puts a section between the lines `<!-- <part>:start -->` and `<!-- <part>:end -->`. Where there is no place for the
 * figures, they are in the results still: no reason to fail.
 */
export function updateReadme(section, path = README, part = 'bench') {
  const [startLine, endLine] = [`<!-- ${part}:start -->`, `<!-- ${part}:end -->`];
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const [start, end] = [text.indexOf(startLine), text.indexOf(endLine)];
  if (start < 0 || end < start) {
    console.log(`${path}: not updated, it has no lines ${startLine} and ${endLine}`);
    return;
  }
  writeFileSync(path, `${text.slice(0, start)}${startLine}\n${section}\n${text.slice(end)}`);
  console.log(`${path}: updated`);
}
