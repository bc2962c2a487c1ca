import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startProxy } from '../../redis/proxy.mjs';
import { startServer } from '../../redis/server.mjs';
import { quantile } from '../../run/statistics.mjs';
import { aboveLimits } from './checks/bounds.mjs';
import { Counts, withoutTimeToLive } from './checks/counts.mjs';
import { startCrew } from './crew.mjs';
import { FAULTS } from './faults.mjs';
import { DEADLINE_MS } from './limiters.mjs';

/** How long a fault lasts, and how long nothing happens before and after it; less where all faults have less time. */
const FAULT_MS = 5000;
const AROUND_MS = 1000;
const OFTEN_MS = 50;
/** Against machines that are busy: what was reached is in the table. */
const RECOVERED_WITHIN_MS = 5000;
const ANSWERED_WITHIN_MS = 5 * DEADLINE_MS;
/** More than the garbage collector's own ups and downs. */
const MOST_GROWTH = 0.1;
/** Rounds before memory says anything. */
const WARM_ROUNDS = FAULTS.length;

/** Four processes on one server while faults happen in turn. Answers whether every count was right. */
export async function soakRedis({ minutes = process.env.CI === 'true' ? 1 / 3 : 5 }) {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-soak-'));
  // What is written survives a crash of the server: so every count is exact.
  const server = await startServer(['--appendonly', 'yes', '--appendfsync', 'no', '--dir', folder]);
  const proxy = await startProxy(server.port);
  const direct = new Redis(server.port, '127.0.0.1', { retryStrategy: () => 20 });
  direct.on('error', () => undefined);
  let crew;
  const counts = new Counts(direct);
  const untilMs = Date.now() + minutes * 60_000;
  const roundMs = (minutes * 60_000) / FAULTS.length;
  const [lastsMs, aroundMs] = [Math.min(FAULT_MS, roundMs / 2), Math.min(AROUND_MS, roundMs / 5)];
  const rounds = [];
  const failures = [];
  console.log(line(HEADING));
  try {
    crew = await startCrew({ port: server.port, proxyPort: proxy.port });
    for (let round = 0; Date.now() < untilMs || round < FAULTS.length; round++) {
      const fault = FAULTS[round % FAULTS.length];
      const { wrong, ...figures } = await play(fault, round);
      rounds.push(figures);
      failures.push(...wrong.map((why) => `round ${round}, ${fault.name}: ${why}`));
      console.log(line(row(fault, figures)));
      for (const why of new Set(wrong)) console.log(`  FAILED: ${why}`);
    }
    failures.push(...overall(rounds));
  } finally {
    crew?.stop();
    direct.disconnect();
    proxy.stop();
    await server.kill();
    rmSync(folder, { recursive: true });
  }
  for (const why of overall(rounds)) console.log(`FAILED: ${why}`);
  console.log(failures.length === 0 ? 'soak: every count was right' : `soak: ${failures.length} failures`);
  return failures.length === 0;

  async function play(fault, round) {
    const given = { server, proxy, direct };
    crew.tell({ type: 'start', round });
    await sleep(aroundMs);
    await fault.begin?.(given);
    const overMs = Date.now() + lastsMs;
    while (Date.now() < overMs) {
      await fault.often?.(given);
      await sleep(OFTEN_MS);
    }
    await fault.end?.(given);
    const recovered = (await crew.ask({ type: 'recover' })).map(({ afterMs }) => afterMs);
    await sleep(aroundMs);
    const tallies = await crew.ask({ type: 'stop' });
    const { twice, wrong } = await counts.once(tallies, round);
    wrong.push(...(await counts.sums(tallies)), ...aboveLimits(tallies), ...(await withoutTimeToLive(direct)));
    for (const tally of tallies)
      wrong.push(...tally.errors.map((e) => `${tally.who}: ${e}`), ...tally.unhandled, ...tally.wild.wrong);
    const sum = (name) => tallies.reduce((total, tally) => total + tally[name], 0);
    const figures = {
      calls: sum('calls'),
      unsure: sum('unsure'),
      unsent: sum('unsent'),
      longestMs: Math.max(...tallies.map(({ longestMs }) => longestMs)),
      recoveredMs: Math.max(...recovered),
      twice,
      heaps: tallies.map(({ heapUsed }) => heapUsed),
      rss: sum('rss'),
    };
    if (figures.longestMs > ANSWERED_WITHIN_MS) wrong.push(`a call waited for ${Math.round(figures.longestMs)} ms`);
    if (figures.recoveredMs > RECOVERED_WITHIN_MS)
      wrong.push(`recovered only after ${Math.round(figures.recoveredMs)} ms`);
    if (fault.isOutage && figures.unsent === 0) wrong.push('no breaker opened');
    if (figures.calls === 0) wrong.push('no call was made');
    await direct.flushall();
    return { ...figures, wrong };
  }
}

/** What is known only at the end: whether the memory of each process is flat. */
function overall(rounds) {
  const warm = rounds.slice(WARM_ROUNDS);
  if (warm.length < WARM_ROUNDS) return [];
  const half = Math.floor(warm.length / 2);
  return warm[0].heaps.flatMap((_, process) => {
    const [early, late] = [warm.slice(0, half), warm.slice(-half)].map((some) =>
      quantile(
        some.map(({ heaps }) => heaps[process]),
        0.5,
      ),
    );
    if (late <= early * (1 + MOST_GROWTH)) return [];
    return [`the heap of process ${process} grew from ${mb(early)} to ${mb(late)}`];
  });
}

const HEADING = ['fault', 'calls', 'unsure', 'not sent', 'longest wait', 'right again', 'twice', 'heaps', 'resident'];
const WIDTHS = [24, 8, 8, 9, 13, 12, 6, 40, 10];

function row({ name }, { calls, unsure, unsent, longestMs, recoveredMs, twice, heaps, rss }) {
  const times = [longestMs, recoveredMs].map((ms) => `${Math.round(ms)} ms`);
  return [name, calls, unsure, unsent, ...times, twice, heaps.map(mb).join(' '), mb(rss)];
}

function line(cells) {
  return cells
    .map((cell, i) => String(cell).padEnd(WIDTHS[i]))
    .join(' ')
    .trimEnd();
}

function mb(bytes) {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
