// The quick start: which engine was chosen and why, a few decisions, and a server that is limited for real.
import { backends, RateLimiter } from 'headgate';
import { startServer } from './server.mjs';

const limiter = new RateLimiter({ limit: 3, windowSeconds: 60 });

console.log(`backend: ${limiter.backend}`);
for (const { name, available, tried } of backends()) {
  console.log(`  ${name}: ${available ? 'available' : 'not available'}`);
  for (const { what, error } of tried) console.log(`    ${what}: ${error ?? 'loaded'}`);
}

console.log('\nthree logins a minute, for one user:');
for (let call = 1; call <= 4; call++) {
  const { allowed, remaining, retryAfterSeconds } = limiter.check('user:ada');
  console.log(`  ${call}. ${allowed ? `allowed, ${remaining} left` : `denied, retry after ${retryAfterSeconds} s`}`);
}

console.log('\na server with five requests in two seconds for each client:');
const server = await startServer({ limit: 5, windowSeconds: 2 });
console.log(`  listening on ${server.url}`);

// The sixth is denied, or a later one where the machine is so slow that a window ends in between.
let response = await request();
for (let sent = 1; response.status === 200 && sent < 1000; sent++) response = await request();
if (response.status !== 429) throw new Error(`none of a thousand requests was denied, the last got ${response.status}`);

const retryAfter = Number(response.headers.get('retry-after'));
console.log(`  waiting for ${retryAfter} s, as Retry-After says`);
await new Promise((resolve) => setTimeout(resolve, retryAfter * 1000));
const open = await request();

console.log(`\nstatistics: ${JSON.stringify(server.limiter.stats())}`);
await server.close();
if (open.status !== 200) throw new Error(`the window should be open again, got ${open.status}`);

async function request() {
  const answer = await fetch(server.url);
  await answer.text();
  const shown = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'retry-after']
    .filter((name) => answer.headers.has(name))
    .map((name) => `${name}: ${answer.headers.get(name)}`);
  console.log(`  ${answer.status}  ${shown.join('  ')}`);
  return answer;
}
