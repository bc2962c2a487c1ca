// Four processes of one HTTP server on one Redis: together they admit exactly the limit. Then Redis is paused, and each
// admits its part by itself; then it goes on.
import { fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../scripts/free-port.mjs';

const WORKERS = 4;
const LIMIT = 20;

/** Against an answer that never comes, and nothing else. */
const HANG_MS = 300_000;

/** What is wrong, or `undefined`. */
export async function check() {
  if (spawnSync('redis-server', ['--version']).status !== 0)
    return process.env.CI === 'true' ? 'redis-server is not on the PATH' : skipped();
  const port = await freePort();
  const redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '']);
  await line(redis.stdout, /ready to accept/i);
  // Each on a port of its own, so that each is asked in turn: those of a cluster share one, in no order.
  const program = fileURLToPath(new URL('worker.mjs', import.meta.url));
  const workers = Array.from({ length: WORKERS }, () => fork(program, [port, LIMIT, WORKERS].map(String)));
  const ports = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0].port));
  try {
    return await drive(ports, redis);
  } finally {
    redis.kill('SIGCONT');
    for (const worker of workers) worker.kill();
    redis.kill();
  }
}

async function drive(ports, redis) {
  const together = await admitted(ports, '203.0.113.1', 40);
  console.log(`${WORKERS} processes on one Redis admitted ${together} of 40 requests at a limit of ${LIMIT}`);
  if (together !== LIMIT) return `${together} were admitted, expected ${LIMIT}`;

  redis.kill('SIGSTOP');
  const apart = await admitted(ports, '203.0.113.2', 80);
  console.log(`with Redis paused they admitted ${apart} of 80: each its part of ${LIMIT}, by itself`);
  if (apart !== LIMIT) return `${apart} were admitted with Redis paused, expected ${LIMIT}`;

  redis.kill('SIGCONT');
  const endMs = Date.now() + HANG_MS;
  while (!(await allOnRedis(ports))) if (Date.now() > endMs) return 'Redis was not asked again';
  const again = await admitted(ports, '203.0.113.3', 40);
  console.log(`with Redis back they admitted ${again} of 40`);
  return again === LIMIT ? undefined : `${again} were admitted with Redis back, expected ${LIMIT}`;
}

/** Asks the processes by turns, and counts who was let through. */
async function admitted(ports, client, requests) {
  let count = 0;
  for (let i = 0; i < requests; i++) if ((await ask(ports[i % ports.length], client)).status === 200) count++;
  return count;
}

/** Whether no process decided without Redis any more. */
async function allOnRedis(ports) {
  for (const [i, port] of ports.entries()) {
    const before = await (await ask(port, `198.51.100.${2 * i}`)).json();
    const after = await (await ask(port, `198.51.100.${2 * i + 1}`)).json();
    if (before.degraded === undefined || after.degraded !== before.degraded) return false;
  }
  return true;
}

function ask(port, client) {
  return fetch(`http://127.0.0.1:${port}/`, {
    headers: { 'x-forwarded-for': client },
    signal: AbortSignal.timeout(HANG_MS),
  });
}

async function line(stream, wanted) {
  for await (const each of createInterface({ input: stream })) if (wanted.test(each)) return;
}

function skipped() {
  console.log('skipped: examples/redis-cluster needs redis-server on the PATH');
  return undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problem = await check();
  if (problem !== undefined) console.error(problem);
  process.exit(problem === undefined ? 0 : 1);
}
