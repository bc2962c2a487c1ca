import { figure, machineLine, spread } from '../report/format.mjs';
import { pairedDifferences, summary } from '../run/statistics.mjs';
import { CANDIDATES } from './candidates.mjs';

/** What each start takes beyond an empty script of its kind in the same round; of that script itself all. */
function beyondEmpty(row, rows, kind) {
  const empty = rows.find(({ name }) => name === 'empty');
  return summary(row === empty ? empty[kind] : pairedDifferences(row[kind], empty[kind]));
}

export function rowText(row, rows) {
  const [mjs, cjs] = ['mjs', 'cjs'].map((kind) => spread(beyondEmpty(row, rows, kind)));
  return `  ${CANDIDATES[row.name].title}: ${mjs} ms as an ES module, ${cjs} ms as CommonJS`;
}

/** The page's part. */
export function pageSection(report) {
  return [
    '| CPU time of a start, ms | ES module | CommonJS | target |',
    '|---|---|---|---|',
    ...report.rows.map((row) => `| ${cells(row, report.rows).join(' | ')} |`),
    '',
    'The time that the processor was busy, user and system, until the first decision: of the empty script all, of the others what they take beyond it in the same round, the median and the quartiles in brackets.',
    '',
    `Measured on ${machineLine(report)}; commit ${report.commit}; ${report.quick ? 'a quick run' : 'a full run'} of \`npm run bench -- start\`.`,
  ].join('\n');
}

function cells(row, rows) {
  const { title, target } = CANDIDATES[row.name];
  const reached = ['mjs', 'cjs'].map((kind) => {
    const ms = beyondEmpty(row, rows, kind);
    return ms.median > target ? `**${spread(ms)}, missed**` : spread(ms);
  });
  return [title, ...reached, target === undefined ? '' : `≤ ${figure(target)}`];
}
