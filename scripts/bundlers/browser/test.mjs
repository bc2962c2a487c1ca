// A page in headless Chromium: it holds the engine that it gets against the laws, and asks a service worker that limits
// its requests.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { threadless } from './threadless.mjs';

const PAGE = `import { keepsTheLaws } from './laws.mjs';
  globalThis.laws = keepsTheLaws;
  globalThis.ask = async () => {
    const claimed = new Promise((done) => navigator.serviceWorker.addEventListener('controllerchange', done));
    await navigator.serviceWorker.register('/worker.js');
    await claimed;
    const statuses = [];
    for (let i = 0; i < 2; i++) statuses.push((await fetch('/hit')).status);
    return statuses;
  };`;
const WORKER = `import { rateLimit } from 'headgate/web';
  const options = { limit: 1, windowSeconds: 60, trustProxy: false, address: () => '192.0.2.1' };
  const limited = rateLimit(options)(() => new Response('hello'));
  addEventListener('activate', (event) => event.waitUntil(clients.claim()));
  addEventListener('fetch', (event) => event.respondWith(limited(event.request)));`;

const files = {
  '/': ['text/html', '<!doctype html><title>page</title><script src="/page.js"></script>'],
  '/page.js': ['text/javascript', await bundled(PAGE)],
  '/worker.js': ['text/javascript', await bundled(WORKER)],
};
const server = createServer((request, response) => {
  const [type, text] = files[request.url] ?? ['text/plain', ''];
  response.writeHead(text === '' ? 404 : 200, { 'content-type': type }).end(text);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  assert.equal(await page.evaluate('laws()'), 'ts keeps 22 laws');
  assert.deepEqual(await page.evaluate('ask()'), [200, 429]);
} finally {
  await browser.close();
  server.close();
}

async function bundled(contents) {
  const stdin = { contents, resolveDir: import.meta.dirname };
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    plugins: [threadless],
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0].text;
}
