import { parseAddress } from '../../../http/key/address/address.js';
import { UNKNOWN_ADDRESS } from '../../../http/key/address/client-address.js';
import { durationText } from '../policy/duration.js';
import type { Simulation } from '../run/simulation.js';
import type { Simulated } from '../simulate.js';
import { counted } from './counted.js';
import { notesOfFile } from './file-notes.js';

/** What a reader has to know of a run beside its figures, a sentence each. */
export function notesOf({ simulation, files, keys, isInterrupted }: Simulated, key: string): string[] {
  const notes: string[] = [];
  if (isInterrupted) notes.push('It was interrupted: the figures are of what had been read by then.');
  for (const file of files) notes.push(...notesOfFile(file, isInterrupted));
  if (keys.unknownAddresses > 0)
    notes.push(
      `${counted(keys.unknownAddresses, 'request')} told no address that can be read; they were counted as one client.`,
    );
  if (keys.notBelieved > keys.looked / 2)
    notes.push(
      `Of the first ${counted(keys.looked, 'request')}, ${keys.notBelieved} say for whom a proxy asked, and nobody's word is taken for that: --trust-proxy names the proxies.`,
    );
  if (keys.notForwarded > 0)
    notes.push(
      `${counted(keys.notForwarded, 'request')} came from a trusted proxy, and the log does not tell the header that says for whom; they were counted by the proxy's address.`,
    );
  if (keys.byAddress > 0)
    notes.push(
      `${counted(keys.byAddress, 'request')} did not have what --key asks for; they were counted by address, as ip:….`,
    );
  if (simulation === undefined) return notes;
  const { clients, trials, hasFractions } = simulation;
  const only = key === 'ip' ? onlyClient(simulation) : undefined;
  if (only !== undefined && parseAddress(only.replace(/\/.*/, '')) === undefined && only !== UNKNOWN_ADDRESS)
    notes.push(
      `All requests are of one client, ${only}, which is no address: what stands before the address may have been taken for it.`,
    );
  if (clients.beyond > 0)
    notes.push(`${counted(clients.beyond, 'request')} of clients beyond --max-keys are in the totals alone.`);
  const shortest = Math.min(...trials.flatMap(({ policy }) => policy.limits.map(({ windowMs = 0 }) => windowMs)));
  if (!hasFractions && shortest < 2000)
    notes.push(`The times are whole seconds, so a window of ${durationText(shortest)} can't be tried exactly.`);
  for (const { policy, limiter } of trials) {
    const { evictions, rejectedFull } = limiter.stats();
    if (evictions + rejectedFull > 0)
      notes.push(
        `${policy.name}: --max-keys was too few: ${counted(evictions, 'key')} had to go, ${counted(rejectedFull, 'request')} found no room.`,
      );
  }
  return notes;
}

function onlyClient({ clients, requests }: Simulation): string | undefined {
  return requests > 1 && clients.requests.get(0) === requests ? clients.keyOf(0) : undefined;
}
