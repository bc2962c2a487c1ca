import { titleOf } from '../candidates/index.mjs';
import { PEERS } from '../candidates/peers.mjs';
import { figure, machineLine, spread, targetOf, withUnit } from './format.mjs';

const ENGINES = { ts: 'TypeScript', native: 'native' };

/** All figures: the table, where it was measured, the chart, and where we lose. */
export function pageSection(report, chartPath) {
  const metrics = report.questions.flatMap((question) => question.metrics).filter(({ detail }) => !detail);
  const rows = metrics.map((metric) => `| ${tableRow(metric).join(' | ')} |`);
  return [
    '| one call of `allow`, unless it says otherwise | `Map` floor | TypeScript | native | target TypeScript / native |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    'A bare number is a ratio to the floor, a JavaScript `Map` with `Date.now()` and a count, in the same round: the median, and the quartiles in brackets. Below 1 is faster or smaller.',
    '',
    measuredOn(report),
    '',
    ...peersTable(metrics, report.marks),
    '',
    `![Ratios to the Map floor](${chartPath})`,
    '',
    ...losses(metrics, report.unavailable),
    '',
    ...notes(report.questions),
  ].join('\n');
}

/** The figures of our own engines beside a process that walks through memory. */
export function contendedSection(report) {
  const metrics = report.questions.flatMap((question) => question.metrics).filter(({ detail }) => !detail);
  return [
    '| | `Map` floor | TypeScript | native | target TypeScript / native |',
    '|---|---|---|---|---|',
    ...metrics.map((metric) => `| ${tableRow(metric).join(' | ')} |`),
    '',
    measuredOn(report),
  ].join('\n');
}

/** What people would take otherwise, in five rows. */
const IN_SHORT = [
  'one hot key',
  '10k keys, fresh',
  "1M keys by Zipf's law, fresh",
  'resident bytes per key, 1M',
  'longest pause, 1M keys expiring',
];
const SHORT_PEERS = ['flexible', 'express'];

/** The README's table, of five rows. */
export function summarySection(report) {
  const metrics = report.questions.flatMap((question) => question.metrics);
  const candidates = ['native', 'ts', ...SHORT_PEERS];
  const titles = candidates.map((candidate) => titleOf(candidate));
  const rows = IN_SHORT.map((title) => {
    const metric = metrics.find((each) => each.title === title);
    if (metric === undefined) throw new Error(`there is no figure for ${title}`);
    return [title, ...candidates.map((each) => peerCell(metric.rows[each], metric.unit))];
  });
  return [
    `| | ${['headgate, native', 'headgate, TypeScript', ...titles.slice(2)].join(' | ')} |`,
    `|---|${candidates.map(() => '---|').join('')}`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    '',
    'A bare number is a ratio to a JavaScript `Map` with `Date.now()` and a count, in the same run: below 1 is faster.',
    '',
    measuredOn(report),
  ].join('\n');
}

/** A row per workload, a column per limiter: what each takes of the floor, or has of the thing itself. */
function peersTable(metrics, marks) {
  const asked = metrics.filter(({ rows }) => Object.keys(rows).some((candidate) => candidate in PEERS));
  const candidates = ['ts', 'native', ...Object.keys(PEERS)];
  const titles = candidates.map((candidate) => titleOf(candidate) + (marks[candidate] === undefined ? '' : ' \\*'));
  const rows = asked.map((metric) => [
    metric.title,
    ...candidates.map((each) => peerCell(metric.rows[each], metric.unit)),
  ]);
  const told = Object.entries(marks).map(([peer, wrong]) => `\\* ${titleOf(peer)}: ${wrong}.`);
  return [
    'Beside the limiters that people would take otherwise, in the same run; what answers promises is waited for:',
    '',
    `| | ${titles.join(' | ')} |`,
    `|---|${candidates.map(() => '---|').join('')}`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    ...(told.length === 0 ? [] : ['', ...told]),
    '',
    ...Object.keys(ENGINES).map((engine) => `- ${behindPeers(asked, engine)}`),
  ];
}

/** Where a peer takes less than an engine of ours, at the same question. */
function behindPeers(asked, engine) {
  const lost = asked.flatMap(({ title, unit, rows }) => {
    const ahead = Object.keys(PEERS).filter((peer) => reachedBy(rows[peer]) < reachedBy(rows[engine]));
    if (ahead.length === 0) return [];
    const told = ahead.map((peer) => `${titleOf(peer)} ${peerCell(rows[peer], unit)}`);
    return [`${title} (${peerCell(rows[engine], unit)}): ${told.join(', ')}`];
  });
  return `Ahead of ${ENGINES[engine]}: ${lost.join('; ') || 'none'}.`;
}

function reachedBy(row) {
  return row?.judged === 'ratio' && row.ratio !== undefined ? row.ratio.median : row?.value?.median;
}

function peerCell(row, unit) {
  if (row?.value === undefined) return '–';
  return row.judged === 'ratio' && row.ratio !== undefined
    ? figure(row.ratio.median)
    : withUnit(row.value.median, unit);
}

function tableRow({ title, unit, rows }) {
  const { floor } = rows;
  const cells = Object.keys(ENGINES).map((engine) => cell(rows[engine], unit));
  return [title, floor?.value === undefined ? '' : withUnit(floor.value.median, unit), ...cells, targets(rows, unit)];
}

function cell(row, unit) {
  if (row?.value === undefined) return '–';
  const reached = row.judged === 'ratio' ? spread(row.ratio) : `${spread(row.value)} ${unit}`.trimEnd();
  return row.verdict === 'missed' ? `**${reached}, missed**` : reached;
}

function targets(rows, unit) {
  const told = Object.keys(ENGINES).map((engine) => (rows[engine] === undefined ? '' : targetOf(rows[engine], unit)));
  return told.every((target) => target === '') ? '' : told.map((target) => target || '–').join(' / ');
}

function measuredOn(report) {
  const kind = `${report.quick ? 'a quick run' : 'a full run'}${report.contended ? ', with the memory contended,' : ''}`;
  return `Measured on ${machineLine(report)}; commit ${report.commit}; ${kind} of \`npm run bench\`, of which only ratios carry over to other machines.`;
}

/** What a figure leaves out, folded away. */
function notes(questions) {
  const told = questions.filter(({ note }) => note !== undefined).map(({ title, note }) => `- ${title}. ${note}`);
  return ['<details><summary>How it was measured</summary>', '', ...told, '', '</details>'];
}

function losses(metrics, unavailable) {
  const lost = metrics.filter(({ rows }) => rows.native?.ratio?.median > 1);
  const missed = metrics.flatMap((metric) => Object.keys(ENGINES).flatMap((engine) => miss(metric, engine)));
  const slower = `Native takes more than the floor at: ${lost.map(lossOf).join('; ') || 'nothing that was asked'}.`;
  return [
    unavailable === undefined ? slower : `The native engine was not measured: ${unavailable}`,
    '',
    `Targets missed: ${missed.join('; ') || 'none'}.`,
  ];
}

function lossOf({ title, rows }) {
  return `${title} (${figure(rows.native.ratio.median)})`;
}

function miss({ title, unit, rows }, engine) {
  const row = rows[engine];
  if (row?.verdict !== 'missed') return [];
  const reached = row.judged === 'ratio' ? figure(row.ratio.median) : withUnit(row.value.median, unit);
  return [`${title}, ${ENGINES[engine]}: ${reached} where ${targetOf(row, unit)} was wanted`];
}
