import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chart } from './chart.mjs';
import { contendedSection, pageSection, summarySection } from './markdown.mjs';

const RESULTS = new URL('../results/', import.meta.url);

/**
 * Writes the JSON and the chart: those that the repository keeps with `write`, and others that git ignores
 * without. With `write` the figures go into docs/benchmarks.md and the README's table too.
 */
export async function writeReport(report, { write }) {
  const name = write ? (report.contended ? 'contended' : 'results') : 'last-run';
  writeFigures(report, name);
  if (write && report.contended) {
    updateContended(report);
    return;
  }
  writeFileSync(new URL(`${name}.svg`, RESULTS), await chart(report));
  console.log(`bench/results/${name}.svg`);
  if (write) updatePages(report);
}

export function updateContended(report) {
  updatePage('docs/benchmarks.md', 'bench-contended', contendedSection(report));
}

/** Puts the figures of limiters by themselves where readers look for them. */
export function updatePages(report) {
  updatePage('docs/benchmarks.md', 'bench', pageSection(report, '../bench/results/results.svg'));
  updatePage('README.md', 'bench-readme', summarySection(report));
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

/** Puts a section of a page between the lines `<!-- <part>:start -->` and `<!-- <part>:end -->`. */
export function updatePage(page, part, section) {
  const path = fileURLToPath(new URL(`../../${page}`, import.meta.url));
  const [startLine, endLine] = [`<!-- ${part}:start -->`, `<!-- ${part}:end -->`];
  const text = readFileSync(path, 'utf8');
  const [start, end] = [text.indexOf(startLine), text.indexOf(endLine)];
  if (start < 0 || end < start) throw new Error(`${page} has no lines ${startLine} and ${endLine}`);
  writeFileSync(path, `${text.slice(0, start)}${startLine}\n${section}\n${text.slice(end)}`);
  console.log(`${page}: updated`);
}
