// One server in a process of its own: tells its port, and then its CPU time once per message.
import { once } from 'node:events';
import { VARIANTS } from '../variants.mjs';

const [framework, variant, numbers] = process.argv.slice(2);
const { limiter: kind, backend } = VARIANTS[variant];

process.on('disconnect', () => process.exit()); // nobody is left to ask
const { LIMITERS, serve } = await import(`../servers/${framework}.mjs`);
const server = await serve(kind && (await LIMITERS[kind](options())));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.on('message', () => process.send({ cpuUs: cpuUs() }));
process.send({ port: server.address().port });

/** Those of headgate; a peer's are made from the numbers. */
function options() {
  return { ...JSON.parse(numbers), backend };
}

/** Of all threads, so with what the compiler and the garbage collector take. */
function cpuUs() {
  const { user, system } = process.cpuUsage();
  return user + system;
}
