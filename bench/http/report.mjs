import { figure, machineLine, spread } from '../report/format.mjs';
import { aligned } from '../report/text.mjs';

/** @param {string} peer what stands in for it in this framework */
function titleOf(variant, peer) {
  const titles = {
    none: 'no limiter',
    native: 'headgate, native',
    ts: 'headgate, TypeScript',
    peer,
    blocked: 'headgate, blocked',
    handler: 'no limiter, /order',
  };
  return titles[variant];
}

/** A line per server. */
export function frameworkText({ title, peer, marks, target, rows }) {
  const cells = [['', 'CPU of a request, µs', 'more than', 'by, µs (quartiles)', 'target', '']];
  for (const [variant, { value, adds, overHandler, verdict }] of Object.entries(rows)) {
    const cpu = [titleOf(variant, peer), spread(value)];
    if (variant === 'none') cells.push([...cpu, '', '', '', '']);
    else if (overHandler) cells.push([...cpu, titleOf('handler'), spread(overHandler), '≤ 0', verdict]);
    else
      cells.push([...cpu, titleOf('none'), spread(adds), ...(verdict ? [`≤ ${figure(target)}`, verdict] : ['', ''])]);
  }
  const told = Object.entries(marks).map(([variant, mark]) => `  ${markText(titleOf(variant, peer), mark)}`);
  return [`\n${title}`, ...aligned(cells), ...told].join('\n');
}

/** The page's part: the table, what it means, and where it was measured. */
export function pageSection(report) {
  const told = report.frameworks.flatMap(({ title, peer, marks }) =>
    Object.entries(marks).map(([variant, mark]) => `\\* ${title}: ${markText(titleOf(variant, peer), mark)}.`),
  );
  return [
    '| CPU that is added to a request, µs | headgate, native | headgate, TypeScript | target | what its users have today | blocked / the handler that it spares |',
    '|---|---|---|---|---|---|',
    ...report.frameworks.map((framework) => `| ${tableRow(framework).join(' | ')} |`),
    ...(told.length === 0 ? [] : ['', ...told]),
    '',
    `Targets missed: ${report.frameworks.flatMap(missed).join('; ') || 'none'}.`,
    '',
    `Adds less than headgate: ${report.frameworks.flatMap(ahead).join('; ') || 'none'}.`,
    '',
    "The CPU time of the server's process, user and system, over that of the same server without a limiter in the same round: the median, and the quartiles in brackets. Ten connections on loopback, one client address, headers as by default, nothing denied. The last column is a whole request: one that is denied, and one that is handled without a limiter by a handler that prices an order of three lines and answers it as 0.3 kB of JSON, without a database.",
    '',
    '@nestjs/throttler copies the times of all hits that a client has in the window for each next one; it was measured with windows of 20 ms, so with about as many as a limit of 100 allows. With more, it takes more.',
    '',
    "In Nest a denial is an exception. By a CPU profile of denied requests 48 % of one is Nest's exception filter with the answer that Express makes of it, 9 % the guard, and of that 3 % the decision: what it spares is the handler, and little of Nest. `headgate/express` in `app.use()` turns requests away before Nest sees them. Where the engines differ in Express, Hono and Nest, it is by less than their quartiles. In Express three bare `setHeader` calls in a middleware take 2.3 to 4.1 µs of what is added, since each of its requests and responses has a shape of its own; in Hono a middleware that does nothing takes 2.0 to 2.4 µs.",
    '',
    measuredOn(report),
  ].join('\n');
}

const ENGINES = { native: 'native', ts: 'TypeScript' };

function missed({ title, target, rows }) {
  const slow = Object.entries(ENGINES).flatMap(([engine, name]) =>
    rows[engine]?.verdict === 'missed'
      ? [`${title}, ${name}: ${figure(rows[engine].adds.median)} µs where ≤ ${figure(target)} was wanted`]
      : [],
  );
  const { blocked, handler } = rows;
  if (blocked?.verdict !== 'missed') return slow;
  const [denied, spared] = [blocked, handler].map(({ value }) => figure(value.median));
  return [...slow, `${title}: a denied request takes ${denied} µs, and the handler that it spares ${spared}`];
}

function ahead({ title, peer, rows }) {
  return Object.entries(ENGINES).flatMap(([engine, name]) => {
    const [theirs, ours] = [rows.peer?.adds?.median, rows[engine]?.adds?.median];
    return theirs < ours ? [`${peer} than ${name} in ${title} (${figure(theirs)} and ${figure(ours)} µs)`] : [];
  });
}

function tableRow({ title, peer, marks, target, rows }) {
  const engines = ['native', 'ts'].map((engine) => cell(rows[engine], marks[engine], rows[engine]?.adds));
  const wanted = target === undefined ? '–' : `≤ ${figure(target)}`;
  return [
    title,
    ...engines,
    wanted,
    `${peer}: ${cell(rows.peer, marks.peer, rows.peer?.adds)}`,
    blockedCell(rows, marks),
  ];
}

function cell(row, mark, reached) {
  const star = mark === undefined ? '' : ' \\*';
  if (row === undefined) return `–${star}`;
  return emphasized(spread(reached), row.verdict) + star;
}

function blockedCell({ blocked, handler }, marks) {
  const star = marks.blocked === undefined ? '' : ' \\*';
  if (blocked === undefined) return `–${star}`;
  return emphasized(`${figure(blocked.value.median)} / ${figure(handler.value.median)}`, blocked.verdict) + star;
}

function emphasized(text, verdict) {
  return verdict === 'missed' ? `**${text}, missed**` : text;
}

function markText(what, { wrong, unavailable }) {
  return wrong === undefined ? `${what} was not measured: ${unavailable}` : `${what}: ${wrong}`;
}

function measuredOn(report) {
  const kind = report.quick ? 'a quick run' : 'a full run';
  return `Measured on ${machineLine(report)}; commit ${report.commit}; ${kind} of \`npm run bench -- http\`.`;
}
