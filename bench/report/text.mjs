import { titleOf } from '../candidates/index.mjs';
import { machineLine, spread, targetOf, withUnit } from './format.mjs';

/** What is printed before the first question. */
export function heading(run, unavailable, marks) {
  const versions = Object.entries(run.versions).map(([name, version]) => `${name} ${version}`);
  const lines = [machineLine(run), `V8 ${run.runtime.v8}, ${versions.join(', ')}`, `commit ${run.commit}`];
  if (unavailable !== undefined) lines.push(`native engine: unavailable, its rows are missing. ${unavailable}`);
  for (const [peer, wrong] of Object.entries(marks)) lines.push(`${titleOf(peer)}: ${wrong}`);
  return lines.join('\n');
}

/** A table per question: a line per metric and candidate. */
export function questionText({ title, note, metrics }, unavailable) {
  const cells = [['', '', 'median', 'ratio to the floor (quartiles)', 'target', '']];
  for (const metric of metrics) {
    for (const [candidate, row] of Object.entries(metric.rows)) {
      if (row.value !== undefined) cells.push(line(metric, candidate, row));
    }
    if (unavailable !== undefined) cells.push([metric.title, titleOf('native'), 'unavailable', '', '', '']);
  }
  return [`\n${title}`, ...(note === undefined ? [] : [note]), ...aligned(cells)].join('\n');
}

function line(metric, candidate, row) {
  const { value, ratio, verdict = '' } = row;
  const shown = ratio === undefined ? '' : spread(ratio);
  const own = row.judged === 'value' && value.count > 1 ? spread(value) : withUnit(value.median, '');
  return [metric.title, titleOf(candidate), `${own} ${metric.unit}`, shown, targetOf(row, metric.unit), verdict];
}

/** Lines of columns, as wide as what is in them. */
export function aligned(cells) {
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  return cells.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column])).join('  ')}`.trimEnd());
}
