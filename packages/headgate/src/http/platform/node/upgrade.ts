import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Outcome, Refusal } from '../../outcome.js';

/** What a client that doesn't read has to take its refusal. */
const LINGER_MS = 2000;

/**
 * Keeps a reset of the connection from ending the process while nobody listens to it. Until the answer is called.
 */
export function guarded(socket: Duplex): () => void {
  const ignore = () => {}; // the socket is destroyed, which is what is asked afterwards
  socket.on('error', ignore);
  return () => void socket.off('error', ignore);
}

/**
 * An upgrade has no response object: the answer is written as it is on the wire (RFC 9112), and then the socket goes,
 * whether its client lets go of it or not.
 */
export function refuseUpgrade(
  socket: Duplex,
  { status, contentType, body }: Refusal,
  headers: readonly string[],
): void {
  guarded(socket);
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, `Content-Type: ${contentType}`];
  for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
  lines.push(`Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close', '', body);
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('close', () => clearTimeout(timer));
  socket.end(lines.join('\r\n'), () => socket.destroy());
}

const SWITCHED = 101;
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})/;

/**
 * Settles when the socket closes, or when the client says that it is done with what it has switched to; by the status
 * that is written to it first: a listener answers there, be it 101 or why it turns the client away. Where it writes
 * none, or the connection breaks before it has switched, as aborted.
 */
export function settleUpgrade(socket: Duplex, settle: NonNullable<Outcome['settle']>): void {
  if (socket.destroyed) {
    settle(SWITCHED, true);
    return;
  }
  const statusOf = firstStatus(socket);
  socket.once('end', () => {
    if (statusOf() === SWITCHED) settle(SWITCHED, false); // the listener may leave its own side open for ever
  });
  socket.once('close', (broke?: boolean) => {
    const status = statusOf();
    settle(status ?? SWITCHED, status === undefined || (broke === true && status !== SWITCHED));
  });
}

type SocketCall = (...args: unknown[]) => unknown;

/** Reads what is written until the status is known, and leaves the socket as it was then. */
function firstStatus(socket: Duplex): () => number | undefined {
  let status: number | undefined;
  let head = '';
  const own = Object.getOwnPropertyDescriptors(socket);
  const read = (chunk: unknown, encoding: unknown) => {
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return;
    head += typeof chunk === 'string' ? Buffer.from(chunk, encodingOf(encoding)).toString('latin1') : latin1(chunk);
    status = Number(STATUS_LINE.exec(head)?.[1] ?? Number.NaN) || undefined;
    if (head.length >= 'HTTP/1.1 101'.length) restore();
  };
  const watched =
    (call: SocketCall) =>
    (...args: unknown[]): unknown => {
      read(args[0], args[1]);
      return Reflect.apply(call, socket, args);
    };
  const mine = { write: watched(socket.write as SocketCall), end: watched(socket.end as SocketCall) };
  const restore = () => {
    for (const name of ['write', 'end'] as const) {
      if ((socket[name] as SocketCall) !== mine[name]) continue; // somebody else has put theirs around it
      Reflect.deleteProperty(socket, name);
      if (own[name] !== undefined) Object.defineProperty(socket, name, own[name]);
    }
  };
  Object.assign(socket, mine);
  return () => status;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function encodingOf(given: unknown): BufferEncoding {
  return typeof given === 'string' && Buffer.isEncoding(given) ? given : 'utf8';
}
