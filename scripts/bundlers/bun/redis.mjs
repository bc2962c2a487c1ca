// Bun's own client, on a server of Redis: prints what a limiter of ten admits of 25 calls made at once, what is left of
// other keys, and what it says once the client is closed.
import { spawn } from 'node:child_process';
import { RemoteRateLimiter, redis } from 'headgate/redis';

const free = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
const { port } = free;
free.stop(true);
const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '']);
await new Promise((ready) => {
  server.stdout.on('data', (said) => /ready to accept/i.test(said) && ready());
});

const client = new Bun.RedisClient(`redis://127.0.0.1:${port}`);
const engine = redis(client, { onOutage: 'throw', deadlineMs: 60_000 });
const limiter = new RemoteRateLimiter({ limit: 10, windowSeconds: 60, engine });
const allowed = await Promise.all(Array.from({ length: 25 }, () => limiter.allow('k')));
await client.send('SCRIPT', ['FLUSH']);
const { remaining } = await limiter.check('other', 3);
const reservation = await limiter.reserve('third', 5);
const settled = await reservation.commit(2);
await limiter.clear();
console.log(allowed.filter(Boolean).length, remaining, settled.remaining, await limiter.remaining('k'));
client.close();
const { name } = await limiter.check('k').catch((error) => error);
console.log(name);
server.kill();
process.exit(0);
