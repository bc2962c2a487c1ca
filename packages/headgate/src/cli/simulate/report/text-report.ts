import { printable, printableLines } from '../../terminal/printable.js';
import { table } from '../../terminal/table.js';
import { durationText } from '../policy/duration.js';
import { counted, wholeText } from './counted.js';
import type { Report } from './report.js';

/** The report as people read it in a terminal. */
export function textReport(report: Report): string {
  const { requests, clients, from, to } = report;
  const parts = [`${counted(requests, 'request')} of ${counted(clients, 'client')}, ${from} to ${to}`];
  parts.push(
    table(
      [
        ['policy', 'held back', 'of requests', 'clients', 'of clients'],
        ...report.policies.map((each) => [
          printable(each.name === each.policy ? each.name : `${each.name} = ${each.policy}`),
          wholeText(each.denied),
          percent(each.deniedShare),
          wholeText(each.clientsHeldBack),
          percent(each.clientsShare),
        ]),
      ],
      [1, 2, 3, 4],
    ),
  );
  if (report.heldBackMost.length > 0)
    parts.push(
      table(
        [
          ['held back most', 'requests', ...report.policies.map(({ name }) => printable(name, 24))],
          ...report.heldBackMost.map((each) => [
            printable(each.key),
            wholeText(each.requests),
            ...each.denied.map((denied) => wholeText(denied)),
          ]),
        ],
        [1, ...report.policies.map((_, i) => i + 2)],
      ),
    );
  for (const { windowMs, algorithm, suggestions } of report.busiestWindows)
    parts.push(
      table(
        [
          [`busiest ${durationText(windowMs)} of a client (${algorithm})`, 'limit', 'would hold back'],
          ...suggestions.map(({ percentile, limit, clientsHeldBack }) => [
            `${percentile} % of clients stay within`,
            wholeText(limit),
            counted(clientsHeldBack, 'client'),
          ]),
        ],
        [1, 2],
      ),
    );
  if (report.notes.length > 0) parts.push(report.notes.map((note) => printableLines(note)).join('\n'));
  return `${parts.join('\n\n')}\n`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
