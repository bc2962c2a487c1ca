// A server of Redis, and on it a limiter of ten: it admits ten of calls made at once, and goes on after its script was
// forgotten.
import assert from 'node:assert';
import { spawn } from 'node:child_process';
import { RemoteRateLimiter, redis } from 'headgate/redis';
import { freePort } from './free-port.mjs';

/** @param open answers a client on that port, and what sends it a command */
export async function onRedis(open) {
  const port = await freePort();
  const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of server.stdout) {
    said += chunk;
    if (/ready to accept connections/i.test(said)) break;
  }
  const { client, flushScripts } = await open(port);
  const engine = redis(client, { onOutage: 'throw', deadlineMs: 60_000 });
  const limiter = new RemoteRateLimiter({ limit: 10, windowSeconds: 60, engine });
  const allowed = await Promise.all(Array.from({ length: 25 }, () => limiter.allow('k')));
  assert.deepEqual(
    allowed,
    Array.from({ length: 25 }, (_, i) => i < 10),
  );
  await flushScripts();
  assert.equal((await limiter.check('other')).remaining, 9);
  server.kill();
  process.exit(0);
}
