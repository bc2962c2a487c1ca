/** How a test that is skipped, or the group that it is in, is called. */
const NAMED = /^(.*) \(skipped: (.+)\)$/s;

/**
 * What to print of skipped tests: one line per reason, with what it skips. A test without a reason is in `unexplained`.
 *
 * @param {{ ancestorTitles: string[], title: string }[]} tests
 */
export function explainSkipped(tests) {
  const byReason = new Map();
  const unexplained = [];
  for (const { ancestorTitles, title } of tests) {
    const titles = [...ancestorTitles, title];
    const at = titles.findIndex((each) => NAMED.test(each));
    if (at === -1) {
      unexplained.push(titles.join(' › '));
      continue;
    }
    const [, name, reason] = NAMED.exec(titles[at]);
    const full = [...titles.slice(0, at), name].join(' › ');
    const counts = byReason.get(reason) ?? new Map();
    counts.set(full, (counts.get(full) ?? 0) + 1);
    byReason.set(reason, counts);
  }
  const lines = [...byReason].map(([reason, counts]) => {
    const names = [...counts].map(([name, count]) => (count === 1 ? name : `${name} (${count} tests)`));
    return `${names.join(', ')} (${reason})`;
  });
  return { lines, unexplained };
}
