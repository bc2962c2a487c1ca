import { durationText } from '../policy/duration.js';
import type { Simulated } from '../simulate.js';
import { counted } from './counted.js';

/** What a reader has to know of a run beside its figures, a sentence each. */
export function notesOf({ simulation, files, keys, isInterrupted }: Simulated): string[] {
  const notes: string[] = [];
  if (isInterrupted) notes.push('It was interrupted: the figures are of what had been read by then.');
  for (const { name, lines, malformed, problems, late, error } of files) {
    if (error !== undefined) notes.push(`${error}.`);
    if (error === undefined && lines === 0) notes.push(`${name} is empty.`);
    if (malformed > 0) {
      const first = problems.map(({ line, reason }) => `\n  ${name}:${line}: ${reason}`).join('');
      notes.push(`${name}: ${counted(malformed, 'line')} of ${counted(lines, 'line')} could not be read.${first}`);
      if (malformed > problems.length) notes.push(`  … and ${counted(malformed - problems.length, 'more line')}`);
    }
    if (late > 0)
      notes.push(
        `${name}: ${counted(late, 'request')} came so late that others of later times had been decided; they were decided where they stand.`,
      );
  }
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
