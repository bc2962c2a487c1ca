// The page's script: one reading a second, while the page is looked at.
import type { LimiterSnapshot, Snapshot } from '../protocol.js';
import { byId, say } from './elements.js';
import { formatTime } from './format.js';
import { DeniedKeys } from './panels/denied-keys.js';
import { LimiterTabs } from './panels/limiter-tabs.js';
import { Lookup } from './panels/lookup.js';
import { RatePlot } from './panels/plot.js';
import { showPolicies } from './panels/policies.js';
import { RateHistory } from './panels/rate-history.js';
import { showTotals } from './panels/totals.js';
import { fetchSnapshot } from './requests.js';
import { startTheme } from './theme.js';

const READING_EVERY_MS = 1000;

const histories = new Map<string, RateHistory>();
const plot = new RatePlot();
const tabs = new LimiterTabs(() => {
  lookup.clear();
  deniedKeys.clear();
  if (last !== undefined) show(last);
});
const lookup = new Lookup(chosen);
const deniedKeys = new DeniedKeys((key) => lookup.open(key));
let last: Snapshot | undefined;
let next: ReturnType<typeof setTimeout> | undefined;

async function read(): Promise<void> {
  clearTimeout(next);
  try {
    const snapshot = await fetchSnapshot();
    for (const { name, stats } of snapshot.limiters) historyOf(name).add(snapshot, stats);
    const moved = last !== undefined && snapshot.processStartedAtMs !== last.processStartedAtMs;
    show(snapshot);
    showStatus('live', moved ? 'Live, now from another process' : 'Live');
    await lookup.refresh();
    say(byId('read-at'), `at ${formatTime(snapshot.atMs / 1000)}`);
  } catch (error) {
    showStatus('lost', `No answer (${(error as Error).message}); asking on`);
  }
  clearTimeout(next);
  if (!document.hidden) next = setTimeout(read, READING_EVERY_MS);
}

function show(snapshot: Snapshot): void {
  last = snapshot;
  tabs.show(
    snapshot.limiters.map(({ name, stats }) => ({
      name,
      rates: historyOf(name).latest,
      isDegraded: stats.isDegraded === true,
    })),
  );
  const limiter = chosen();
  if (limiter === undefined) return;
  plot.draw(historyOf(limiter.name), snapshot.atMs, limiter.policies);
  showTotals(limiter);
  deniedKeys.show(limiter.denied);
  showPolicies(limiter);
}

function chosen(): LimiterSnapshot | undefined {
  return last?.limiters.find(({ name }) => name === tabs.chosen);
}

function historyOf(name: string): RateHistory {
  const known = histories.get(name) ?? new RateHistory();
  histories.set(name, known);
  return known;
}

function showStatus(state: 'live' | 'lost' | 'waiting', text: string): void {
  byId('status').dataset.state = state;
  say(byId('status'), text);
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) void read();
  else showStatus('waiting', 'Paused while out of sight');
});
startTheme(() => plot.recolor());
void read();
