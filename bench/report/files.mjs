import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chart } from './chart.mjs';
import { readmeSection } from './markdown.mjs';

const RESULTS = new URL('../results/', import.meta.url);
const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const [START, END] = ['<!-- bench:start -->', '<!-- bench:end -->'];

/**
 * Writes the JSON and the chart: those that the repository keeps with `write`, and others that git ignores
 * without. With `write` the figures go into the README too, or into the file that `readme` names.
 */
export async function writeReport(report, { write, readme }) {
  mkdirSync(RESULTS, { recursive: true });
  const name = write ? 'results' : 'last-run';
  const [json, svg] = ['json', 'svg'].map((ending) => new URL(`${name}.${ending}`, RESULTS));
  writeFileSync(json, `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(svg, await chart(report));
  console.log(`\nbench/results/${name}.json, bench/results/${name}.svg`);
  if (write || readme !== undefined) updateReadme(readmeSection(report, `bench/results/${name}.svg`), readme);
}

/** The figures that the repository keeps. */
export function keptReport() {
  return JSON.parse(readFileSync(new URL('results.json', RESULTS), 'utf8'));
}

/** Where there is no place for the figures, they are in the results still: no reason to fail. */
export function updateReadme(section, path = README) {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start) {
    console.log(`${path}: not updated, it has no lines ${START} and ${END}`);
    return;
  }
  writeFileSync(path, `${text.slice(0, start)}${START}\n${section}\n${text.slice(end)}`);
  console.log(`${path}: updated`);
}
