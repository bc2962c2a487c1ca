import { describe, expect, it } from 'vitest';
import { RateHistory, SPAN_SECONDS } from './rate-history.js';

describe('RateHistory', () => {
  it('works out what happens per second between two readings, however far apart they are', () => {
    const history = readings([0, 10, 0], [1000, 30, 5], [3000, 40, 5]);
    expect(history.columns).toEqual([
      [1, 3],
      [20, 5],
      [5, 0],
    ]);
    expect(history.latest).toMatchObject({ allowed: 5, denied: 0 });
  });

  it('knows nothing before the second reading', () => {
    expect(readings([0, 10, 0]).latest).toBeUndefined();
  });

  it('leaves a gap where another process answers, and goes on from there', () => {
    const history = readings([0, 10, 0], [1000, 500, 0, 2], [2000, 503, 1, 2]);
    expect(history.columns.slice(1)).toEqual([
      [null, 3],
      [null, 1],
    ]);
  });

  it('leaves a gap where counts or time went back', () => {
    expect(readings([0, 10, 5], [1000, 9, 5]).latest).toMatchObject({ allowed: null, denied: null });
    expect(readings([0, 10, 5], [1000, 10, 4]).latest).toMatchObject({ allowed: null, denied: null });
    expect(readings([1000, 10, 5], [1000, 10, 5]).latest).toMatchObject({ allowed: null, denied: null });
  });

  it('forgets what is older than the plot, but for one point before its edge', () => {
    const history = new RateHistory();
    for (let second = 0; second <= 10_000; second++) add(history, second * 1000, second, 0);
    const [times] = history.columns;
    expect([times[0], times.at(-1), times.length]).toEqual([10_000 - SPAN_SECONDS, 10_000, SPAN_SECONDS + 1]);
    add(history, 20_000_000, 10_001, 0);
    expect(history.columns[0]).toEqual([10_000, 20_000]);
  });
});

type Reading = readonly [atMs: number, allowed: number, blocked: number, processStartedAtMs?: number];

function readings(...all: Reading[]): RateHistory {
  const history = new RateHistory();
  for (const each of all) add(history, ...each);
  return history;
}

function add(history: RateHistory, ...[atMs, allowed, blocked, processStartedAtMs = 1]: Reading): void {
  const rest = { activeKeys: 0, evictions: 0, rejectedFull: 0, policies: [] };
  history.add({ atMs, processStartedAtMs }, { allowed, blocked, totalChecks: allowed + blocked, ...rest });
}
