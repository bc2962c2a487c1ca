// Starts each example and drives it by real requests: three are admitted, the fourth is denied and says until when,
// and another client behind the same proxy is not. Ends with one line that counts them.
import { existsSync, readdirSync } from 'node:fs';

/** Against an answer that never comes, and nothing else. */
const HANG_MS = 300_000;

const folder = new URL('.', import.meta.url);
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'quick-start')
  .map(({ name }) => name);

let failed = 0;
for (const name of names) {
  const problem = existsSync(new URL(`${name}/server.mjs`, folder)) ? await serve(name) : await check(name);
  if (problem !== undefined) failed++;
  console.log(problem === undefined ? `passed: examples/${name}` : `failed: examples/${name}: ${problem}`);
}
console.log(`${names.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 && names.length > 0 ? 0 : 1);

async function serve(name) {
  const { start } = await import(new URL(`${name}/server.mjs`, folder));
  const { url, close } = await start();
  const problem = await drive(url);
  await close();
  return problem;
}

/** An example without a server says itself what is wrong with it. */
async function check(name) {
  const example = await import(new URL(`${name}/check.mjs`, folder));
  return example.check();
}

async function drive(url) {
  const answers = [];
  for (let i = 0; i < 4; i++) answers.push(await ask(url, '203.0.113.7'));
  answers.push(await ask(url, '203.0.113.8'));
  const seen = JSON.stringify(answers);
  const wanted = JSON.stringify([
    [200, '2', null],
    [200, '1', null],
    [200, '0', null],
    [429, '0', 'within a minute'],
    [200, '2', null],
  ]);
  return seen === wanted ? undefined : `${seen}, expected ${wanted}`;
}

async function ask(url, client) {
  const { status, headers } = await fetch(url, {
    headers: { 'x-forwarded-for': client },
    signal: AbortSignal.timeout(HANG_MS),
  });
  const retryAfter = headers.get('retry-after');
  const seconds = Number(retryAfter ?? Number.NaN);
  // How much of the minute is left is up to the machine.
  const wait = seconds >= 1 && seconds <= 60 ? 'within a minute' : retryAfter;
  return [status, headers.get('x-ratelimit-remaining'), wait];
}
