import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Redis } from 'ioredis';

/** What a database of Upstash answers over HTTP, by a server that speaks Redis's protocol. */
export interface RestServer {
  readonly url: string;
  readonly token: string;
  close(): void;
}

const TOKEN = 'secret';

/** Speaks Upstash's REST protocol: a command, `/pipeline` and `/multi-exec`, with strings in base64 where that is asked for. */
export async function startRest(redisPort: number): Promise<RestServer> {
  // As their own proxy does: what can't be answered now is an error.
  const settings = {
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
  } as const;
  const redis = new Redis(redisPort, '127.0.0.1', { ...settings, retryStrategy: () => 10 });
  redis.on('error', () => undefined);
  const server = createServer((request, response) => void answer(redis, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    token: TOKEN,
    close() {
      server.closeAllConnections();
      server.close();
      redis.disconnect();
    },
  };
}

async function answer(redis: Redis, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  const tell = (status: number, said: unknown) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(said));
  };
  if (request.headers.authorization !== `Bearer ${TOKEN}`) return tell(401, { error: 'Unauthorized' });
  const told = request.headers['upstash-encoding'] === 'base64' ? inBase64 : (reply: unknown) => reply;
  const commands = JSON.parse(body);
  try {
    if (request.url === '/') return tell(200, { result: told(await run(redis, commands)) });
    if (request.url === '/multi-exec') {
      const replies = (await redis.multi(commands as string[][]).exec()) ?? [];
      return tell(
        200,
        replies.map(([error, reply]) => (error ? { error: error.message } : { result: told(reply) })),
      );
    }
    const replies = await Promise.allSettled((commands as string[][]).map((command) => run(redis, command)));
    const said = replies.map((reply) =>
      reply.status === 'fulfilled' ? { result: told(reply.value) } : { error: reply.reason.message },
    );
    return tell(200, said);
  } catch (error) {
    return tell(400, { error: (error as Error).message });
  }
}

function run(redis: Redis, [command, ...args]: readonly (string | number)[]): Promise<unknown> {
  return redis.call(String(command), ...args.map(String));
}

function inBase64(reply: unknown): unknown {
  if (Array.isArray(reply)) return reply.map(inBase64);
  return typeof reply === 'string' && reply !== 'OK' ? Buffer.from(reply).toString('base64') : reply;
}
