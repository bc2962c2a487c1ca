import { randomUUID } from 'node:crypto';
import { RemoteRateLimiter, redis } from '../../../redis/redis.js';
import type { Finding } from '../finding.js';
import { connect } from './find-client.js';

const DEADLINE_MS = 3000;

/** A decision on the server, and what it tells of itself. */
export async function checkRedis(project: string, url: string): Promise<Finding[]> {
  const shown = withoutPassword(url);
  const known = url.replace(/^valkey(s?):/, 'redis$1:'); // the same to a server, and no protocol to the clients
  try {
    const { name, client, close } = await connect(project, known, DEADLINE_MS);
    try {
      return [{ about: 'redis', state: 'ok', found: `${shown}, through ${name}` }, ...(await decide(client))];
    } finally {
      close();
    }
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    const said = (message || code || String(error)).replaceAll(known, shown);
    const found = `${shown}: ${said}`;
    return [
      {
        about: 'redis',
        state: 'broken',
        found,
        advice: 'While Redis does not answer, the option onOutage says what a limiter does.',
      },
    ];
  }
}

/** Of a limit of 1 the first call is allowed and the second is not; nothing is left behind. */
async function decide(client: unknown): Promise<Finding[]> {
  const warnings: string[] = [];
  const engine = redis(client, {
    prefix: `headgate-doctor:${randomUUID()}:`,
    deadlineMs: DEADLINE_MS,
    onOutage: 'throw',
    rememberDenialsMs: 0,
    warn: (message) => void warnings.push(message),
  });
  const limiter = new RemoteRateLimiter({ limit: 1, windowMs: 60_000, engine });
  const start = performance.now();
  const first = await limiter.allow('k');
  const second = await limiter.allow('k');
  const ms = (performance.now() - start) / 2;
  const told = await limiter.inspect({ key: 'k', deadlineMs: DEADLINE_MS });
  await limiter.reset('k');
  const isRight = first && !second;
  const { server, memory, clock } = told;
  const facts = [
    server && `${server.product} ${server.version}${server.isCluster ? ', a cluster' : ''}`,
    memory && `${(memory.usedBytes / 2 ** 20).toFixed(1)} MiB used, ${memory.evictionPolicy}`,
    clock && `its clock is ${Math.abs(Math.round(clock.offsetMs))} ms ${clock.offsetMs < 0 ? 'behind' : 'ahead'}`,
  ].filter((fact) => fact !== undefined);
  const unknown = Object.entries(told.unknown).map(([part, why]) => `${part} could not be told: ${why}`);
  return [
    isRight
      ? { about: 'redis', state: 'ok', found: `decides, in ${ms.toFixed(1)} ms a call` }
      : {
          about: 'redis',
          state: 'broken',
          found: `decides wrongly: of a limit of 1 it allowed ${first} and ${second}`,
        },
    { about: 'redis', state: 'ok', found: facts.join('; ') || 'tells nothing of itself' },
    ...[...warnings, ...told.warnings].map((found): Finding => ({ about: 'redis', state: 'mend', found })),
    ...unknown.map((found): Finding => ({ about: 'redis', state: 'note', found })),
  ];
}

/** A password may stand in more than one place of a URL: what is shown is put together of what is none. */
function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return `${url.slice(0, url.indexOf('://'))}://…`;
  const { protocol, username, password, host, pathname } = new URL(url);
  const user = username + (password === '' ? '' : ':…');
  return `${protocol}//${user}${user === '' ? '' : '@'}${host}${pathname}`;
}
