import { on, once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';
import { HANG_MS } from '../hang.js';

/** What one says to a socket, and hears: its messages in their order, each waited for with a limit. */
export interface Talk {
  say(message: object): void;
  hear(): Promise<unknown>;
}

export async function talk<T>(
  url: string,
  talking: (to: Talk) => Promise<T>,
  options: ClientOptions = {},
  protocols: string[] = [],
): Promise<T> {
  const socket = new WebSocket(url.replace('http', 'ws'), protocols, options);
  const signal = AbortSignal.timeout(HANG_MS);
  const messages = on(socket, 'message', { signal });
  await once(socket, 'open', { signal });
  const answer = await talking({
    say: (message) => socket.send(JSON.stringify(message)),
    hear: async () => JSON.parse(String((await messages.next()).value[0])),
  });
  socket.close();
  await once(socket, 'close', { signal });
  return answer;
}
