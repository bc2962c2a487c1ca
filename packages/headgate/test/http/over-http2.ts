import { once } from 'node:events';
import { connect } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** Two requests on one connection: the status of each, and what it was left. */
export async function twiceOverHttp2(server: { address(): AddressInfo | string | null }): Promise<unknown[]> {
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const seen: unknown[] = [];
  for (let i = 0; i < 2; i++) {
    const stream = session.request({ ':path': '/' });
    const [headers] = await once(stream, 'response');
    seen.push(headers[':status'], headers['x-ratelimit-remaining']);
    stream.resume();
    await once(stream, 'close');
  }
  session.close();
  return seen;
}
