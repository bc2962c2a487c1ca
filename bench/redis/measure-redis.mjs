import { Redis } from 'ioredis';
import { describeRun } from '../machine.mjs';
import { updatePage, writeFigures } from '../report/files.mjs';
import { figure, machineLine } from '../report/format.mjs';
import { quantile } from '../run/statistics.mjs';
import { CANDIDATES } from './candidates.mjs';
import { measureOutages, OUTAGES, OUTAGES_NOTE } from './outages/rows.mjs';
import { QUESTIONS } from './questions.mjs';
import { startServer } from './server.mjs';

/**
 * What a limiter on Redis costs, beside a bare script of three lines through the same client.
 */
export async function measureRedis({ quick, write }) {
  const rounds = quick ? 3 : 9;
  const server = await startServer();
  const client = new Redis(server.port, '127.0.0.1');
  const run = {
    ...describeRun(['ioredis', 'rate-limiter-flexible', '@fastify/rate-limit', 'rate-limit-redis']),
    quick,
  };
  const rows = [];
  for (const question of QUESTIONS) {
    const asked = Object.keys(CANDIDATES).filter((name) => question.only === undefined || question.only === name);
    const samples = Object.fromEntries(asked.map((name) => [name, []]));
    for (let round = 0; round < rounds; round++)
      for (const name of asked) samples[name].push(await question.ask(name, client));
    rows.push({ ...question, samples });
    console.log(line(question, samples));
    await client.flushall();
  }
  client.disconnect();
  server.stop();
  for (const row of await measureOutages({ quick })) {
    rows.push(row);
    console.log(line(row, row.samples));
  }
  const report = { ...run, rows: rows.map(({ ask, ...row }) => row) };
  writeFigures(report, write ? 'redis' : 'last-run.redis');
  if (write) updatePage('docs/benchmarks.md', 'bench-redis', redisSection(report));
}

/** Why some of it costs what it does. */
const COSTS_NOTE = `A lone call costs more than a bare one since it sets a timer for its deadline, and waits for the end of the turn of the event loop, so that others can travel with it; by a CPU profile headgate's own code is a tenth of it, and the write to the socket a half. Fresh keys: of 2.3 µs that the server takes for each, 1.4 are its one SET with a time to live, which no script can do without; by callgrind a decision on a fresh key takes 19.2 thousand instructions, and the bare script with its INCR and PEXPIRE 24.4. A denied key is one look-up in a map: on a machine on which a bare call took 59 µs it took 0.13, and on that machine a hot key took 0.15 of the bare script's CPU time and a lone call 1.23.`;

/** The table of docs/benchmarks.md. */
export function redisSection(report) {
  const titles = Object.values(CANDIDATES).map(({ title }) => title);
  return [
    `| | ${titles.join(' | ')} | to reach |`,
    `|---|${titles.map(() => '---|').join('')}---|`,
    ...report.rows.map((row) => `| ${cells(row).join(' | ')} |`),
    '',
    'A bare number is a ratio to the bare script, a counter with a time to live, in the same run: the median of the rounds. Of a denied key, rate-limiter-flexible was told to answer from memory too.',
    '',
    COSTS_NOTE,
    ...(report.rows.some(({ name }) => name === OUTAGES[0].name) ? ['', OUTAGES_NOTE] : []),
    '',
    `Measured on ${machineLine(report)}; commit ${report.commit}; \`npm run bench -- redis\`.`,
  ].join('\n');
}

function cells({ title, isRatio, isCount, unit, target, least, samples }) {
  const values = Object.keys(CANDIDATES).map((name) => {
    if (samples[name] === undefined) return '–';
    if (samples[name].includes(null)) return 'never';
    const values = samples[name].map((value, round) => (isRatio ? value / samples.bare[round] : value));
    const reached = quantile(values, 0.5);
    const missed = name === 'headgate' && (reached > target || reached < least);
    const told =
      isRatio && name === 'bare'
        ? `1 (${figure(quantile(samples.bare, 0.5))} ${least ? 'a second' : 'µs'})`
        : `${isCount ? reached : figure(reached)}${unit ? ` ${unit}` : ''}`;
    return missed ? `**${told}, missed**` : told;
  });
  if (target === least) return [title, ...values, target === undefined ? '' : `${target}`];
  const wanted = target !== undefined ? `≤ ${target}` : least !== undefined ? `≥ ${least}` : '';
  return [title, ...values, wanted && unit ? `${wanted} ${unit}` : wanted];
}

function line(question, samples) {
  return `  ${cells({ ...question, samples }).join('   ')}`;
}
