// Two real requests to a server that admits one: the first is answered with its address and is told the limit, the
// second is denied.
import assert from 'node:assert';
import { once } from 'node:events';
import { request } from 'node:http';

export async function twice(server, test = async () => {}) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  const [first, second] = [await ask(`${url}/`), await ask(`${url}/`)];
  assert.deepEqual([first.status, first.headers['x-ratelimit-limit'], first.body], [200, '1', '127.0.0.1']);
  assert.deepEqual([second.status, second.headers['retry-after']], [429, '60']);
  assert.deepEqual(JSON.parse(second.body), { detail: 'Too many requests' });
  await test(url);
  await new Promise((closed) => server.close(closed));
}

export async function ask(url) {
  const [response] = await once(request(url, { agent: false }).end(), 'response');
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk;
  return { status: response.statusCode, headers: response.headers, body };
}
