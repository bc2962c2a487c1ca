import { show } from '@headgate/core-ts';
import { bun, glide, ioredis, nodeRedis, plain, type Shape } from './kinds.js';
import type { KnownClient, ScriptClient } from './script-client.js';

/**
 * A client by its shape: Bun's, ioredis, node-redis, `@valkey/valkey-glide`, or one with `evalsha(sha, keys, args)` and
 * `eval(script, keys, args)`, which `@upstash/redis` has. It is used as it is, and never closed or configured.
 *
 * @throws TypeError for what is none of them; where it is easily mistaken for one, it says what to give instead.
 */
export function recognise(client: unknown): KnownClient {
  const instead = mistaken(client);
  if (instead !== undefined) throw new TypeError(`client must be a client of Redis, and ${instead}`);
  const known = typeof client === 'object' && client !== null ? byShape(client) : undefined;
  if (known !== undefined) return known;
  throw new TypeError(
    `client must be a client of Redis (ioredis, redis, @valkey/valkey-glide, @upstash/redis, Bun's) or have evalsha and eval, got ${show(client)}`,
  );
}

function byShape(given: Shape): KnownClient | undefined {
  // Bun's has `evalsha` and `eval` too, which take other arguments.
  if (typeof given.send === 'function' && 'connected' in given) return bun(given);
  if (typeof given.evalSha === 'function' && typeof given.eval === 'function') return nodeRedis(given);
  if (typeof given.evalsha === 'function' && typeof given.eval === 'function')
    return typeof given.status === 'string' ? ioredis(given) : plain(given as unknown as ScriptClient);
  return typeof given.customCommand === 'function' ? glide(given) : undefined;
}

/** What is said to one who gives what has to do with a client, but is none. */
function mistaken(given: unknown): string | undefined {
  if (typeof given === 'string' || given instanceof URL)
    return `this is an address: give redis() a client that was made with it, as new Redis(${typeof given === 'string' ? "'…'" : 'url.href'}) of ioredis`;
  if (typeof given === 'function')
    return `this is the function ${given.name || 'without a name'}: give redis() what it makes, as new Redis() of ioredis or createClient() of redis`;
  if (typeof given !== 'object' || given === null) return undefined;
  if (typeof Reflect.get(given, 'then') === 'function')
    return 'this is a promise: await it, and give redis() the client that it resolves with';
  if (PIPELINE.some((own) => own in given)) return 'this is a pipeline or transaction: give redis() the client itself';
  // What `legacy()` of node-redis answers takes callbacks.
  if ('evalSha' in given && 'sendCommand' in given && !('isOpen' in given))
    return 'this is a legacy client, which takes callbacks: give redis() the client itself';
  return undefined;
}

/** What pipelines and transactions have and clients don't: of ioredis, of node-redis, of `@upstash/redis`, of `@valkey/valkey-glide`. */
const PIPELINE = ['isPipeline', 'execAsPipeline', 'multiExec', 'isAtomic'];
