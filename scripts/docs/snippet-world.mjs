// What an example finds in the place of the world: the hosts of its pages answer, and a server that it starts listens on
// a free port and keeps no process alive.
import { Server, Socket } from 'node:net';

const { fetch } = globalThis;

globalThis.fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  return url.hostname.endsWith('example.com') ? Response.json({ url: url.href }) : fetch(input, init);
};

const { listen } = Server.prototype;

Server.prototype.listen = function (...args) {
  const ready = args.find((each) => typeof each === 'function');
  return listen.call(this, 0, ready).unref();
};

/** Clients try for ever to reach a server that is not there. */
Socket.prototype.connect = () => {
  console.error("this example connects to something: mark it as 'types only'");
  process.exit(1);
};

// What pages speak of without saying where it comes from: the reader's application.
const nothing = () => {};
const app = { use: nothing, get: nothing, post: nothing, register: async () => {} };
Object.assign(globalThis, { app, limited: nothing, requireAdmin: nothing, keyGenerator: () => 'ada', userId: 'ada' });
