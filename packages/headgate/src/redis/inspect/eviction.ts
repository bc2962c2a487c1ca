import type { KnownClient } from '../client/script-client.js';
import { memoryFacts, readInfo } from './info.js';
import { evictionWarning } from './warnings.js';

const MEMORY = "return redis.call('INFO', 'memory')";

const asked = new WeakSet<KnownClient>();

/**
 * Asks once of each client whether its server evicts keys, and says so once. Nobody waits for it: what fails is not told,
 * since `inspect()` tells it to those who ask.
 */
export function warnOfEviction(client: KnownClient, keyName: string, warn: (message: string) => void): void {
  if (asked.has(client)) return;
  asked.add(client);
  const told = async () => {
    const text = await client.eval(MEMORY, [keyName], []);
    const message = typeof text === 'string' ? evictionWarning(memoryFacts(readInfo(text))) : undefined;
    if (message !== undefined) warn(message);
  };
  told().catch(() => undefined);
}
