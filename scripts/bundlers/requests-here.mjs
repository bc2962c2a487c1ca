// The web's adapter under the server of Bun or Deno, and Node's own under Node's: prints what two
// requests of one client were answered. The dashboard answers there too.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { dashboard } from 'headgate/dashboard';
import { rateLimit as rateLimitOfNode } from 'headgate/node';
import { rateLimit } from 'headgate/web';

const options = { limit: 1, windowSeconds: 60, trustProxy: false };
const limited = rateLimit({ ...options, address: () => '192.0.2.1' });
const page = await dashboard({ limiters: { api: limited.limiter } })(new Request('http://localhost/limits'));
if (page.status !== 200) throw new Error(`the dashboard answered ${page.status}`);
const { url, close } = await serve();
const statuses = [];
for (let i = 0; i < 2; i++) {
  const response = await fetch(url);
  await response.text();
  statuses.push(`${response.status} ${response.headers.get('x-ratelimit-remaining')}`);
}
console.log(statuses.join(', '));
await close();

async function serve() {
  const handler = limited(() => new Response('hello'));
  if ('Bun' in globalThis) {
    const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: handler });
    return { url: server.url, close: () => server.stop(true) };
  }
  if ('Deno' in globalThis) {
    const server = Deno.serve({ hostname: '127.0.0.1', port: 0, onListen() {} }, handler);
    return { url: `http://127.0.0.1:${server.addr.port}`, close: () => server.shutdown() };
  }
  const server = createServer(rateLimitOfNode(options)((_request, response) => response.end('hello')));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
