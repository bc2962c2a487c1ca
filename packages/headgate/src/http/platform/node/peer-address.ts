/** What is read of Node's socket, which tells its types nothing of its server. */
export interface PeerSocket {
  readonly remoteAddress?: string | undefined;
  readonly destroyed?: boolean;
  readonly server?: PeerServer | undefined;
}

interface PeerServer {
  readonly listening?: boolean;
  address?(): unknown;
}

/** Whoever is at the other end of a Unix socket is on this machine. */
export const LOCAL_PEER = '127.0.0.1';

/**
 * The address at the other end of a socket of Node's. `null` where the client was gone before it was asked for first:
 * then the system tells none. `undefined` where there is no such socket, as in a request that a test made up.
 */
export function peerAddress(socket: PeerSocket | null | undefined): string | null | undefined {
  const address = socket?.remoteAddress;
  if (address !== undefined || !socket) return address;
  const { server, destroyed } = socket;
  if (server !== undefined && isUnix(server)) return LOCAL_PEER;
  return server !== undefined || destroyed === true ? null : undefined;
}

/**
 * By the server, since a socket without an address may as well be of a client that is gone, which must never be taken
 * for a proxy. A server on a descriptor that it was handed tells no path: it listens without any address.
 */
function isUnix(server: PeerServer): boolean {
  const address = server.address?.();
  return typeof address === 'string' || (address === null && server.listening === true);
}
