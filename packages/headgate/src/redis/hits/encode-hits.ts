import { nameOf } from '../wire/key-name.js';
import type { HitsCall } from './remote-hits.js';

interface OfKey {
  readonly key: string;
  readonly call: HitsCall;
}

/** The keys of a script call, and its arguments from the first call on. */
export function encodeHits(calls: readonly OfKey[], prefix: string): { keys: string[]; args: string[] } {
  const [keys, args, numbers] = [[] as string[], [] as string[], new Map<string, number>()];
  for (const { key, call } of calls) {
    let number = numbers.get(key);
    if (number === undefined) {
      number = keys.push(nameOf(prefix, key));
      numbers.set(key, number);
    }
    const [letter, ...own] = argsOf(call);
    args.push(letter, String(number), ...own);
  }
  return { keys, args };
}

function argsOf(call: HitsCall): [letter: string, ...args: string[]] {
  switch (call.kind) {
    case 'add': {
      const { hits, windowMs, moves = false, over } = call;
      const added = [String(hits), String(windowMs), flag(moves)];
      if (over === undefined) return ['a', ...added, '', '0', '1', '0'];
      return ['a', ...added, String(over.above), String(over.windowMs), String(over.growth), flag(over.once)];
    }
    case 'giveBack':
      return ['g'];
    case 'read':
      return ['r'];
    case 'set':
      return ['s', String(call.hits), String(call.windowMs)];
    case 'forget':
      return ['x'];
    case 'throttle':
      return ['t', String(call.windowMs), String(call.limit), String(call.blockMs)];
  }
}

function flag(is: boolean): string {
  return is ? '1' : '0';
}
