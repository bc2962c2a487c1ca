// The web's adapter under this runtime's own server: prints what two requests of one client were answered.
import { rateLimit } from 'headgate/web';

const limited = rateLimit({ limit: 1, windowSeconds: 60, trustProxy: false, address: () => '192.0.2.1' });
const answer = limited(() => new Response('hello'));
const { url, close } = serve(answer);
const statuses = [];
for (let i = 0; i < 2; i++) {
  const response = await fetch(url);
  await response.text();
  statuses.push(`${response.status} ${response.headers.get('x-ratelimit-remaining')}`);
}
console.log(statuses.join(', '));
await close();

function serve(handler) {
  if ('Bun' in globalThis) {
    const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: handler });
    return { url: server.url, close: () => server.stop(true) };
  }
  const server = Deno.serve({ hostname: '127.0.0.1', port: 0, onListen() {} }, handler);
  return { url: `http://127.0.0.1:${server.addr.port}`, close: () => server.shutdown() };
}
