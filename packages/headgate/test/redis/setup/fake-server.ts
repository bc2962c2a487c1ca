import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** A server that greets any client, and answers each script with the same bytes: what a real one says only at times. */
export async function startFake(reply: string): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk) => {
      text += chunk;
      for (let next = command(text); next !== undefined; next = command(text)) {
        text = next.rest;
        socket.write(answer(next.words, reply), 'latin1');
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

const HELLO = '%3\r\n+server\r\n+redis\r\n+version\r\n+7.0.0\r\n+proto\r\n:3\r\n';

function answer([name = '', argument = '']: readonly string[], reply: string): string {
  const command = name.toUpperCase();
  if (command.startsWith('EVAL')) return reply;
  if (command === 'HELLO') return argument === '3' ? HELLO : '-NOPROTO unsupported protocol version\r\n';
  if (command === 'INFO') return bulk('redis_version:7.0.0\r\nloading:0\r\nrole:master\r\n');
  return command === 'PING' ? '+PONG\r\n' : '+OK\r\n';
}

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

/** The first command of what has come in, where all of it has. */
function command(text: string): { readonly words: string[]; readonly rest: string } | undefined {
  const [, count] = text.match(/^\*(\d+)\r\n/) ?? [];
  if (count === undefined) return undefined;
  const words: string[] = [];
  let at = count.length + 3;
  for (let i = 0; i < Number(count); i++) {
    const [head, length] = text.slice(at).match(/^\$(\d+)\r\n/) ?? [];
    if (head === undefined) return undefined;
    at += head.length + Number(length) + 2;
    if (at > text.length) return undefined;
    words.push(text.slice(at - 2 - Number(length), at - 2));
  }
  return { words, rest: text.slice(at) };
}
