import { beyond, type Policy, type Units } from '@headgate/core-ts';
import type { Letter } from '../client/scripts.js';
import type { Group } from './batch.js';
import type { Call } from './call.js';

const LETTERS = { 'fixed-window': 'f', 'sliding-window': 's', 'token-bucket': 't' } as const;

export function letterOf({ algorithm }: Policy): Letter {
  return LETTERS[algorithm];
}

/** When a limiter went over to other policies, by the server's time, and from which ones. */
export interface Change {
  readonly atMs: number;
  readonly policies: readonly Policy[];
}

/** The keys and arguments of a script call. */
export function encode(
  groups: readonly Group[],
  policies: readonly Policy[],
  changes: readonly Change[],
  nameOf: (key: string) => string,
): { readonly keys: string[]; readonly args: string[] } {
  const [keys, numbers, args] = [[] as string[], new Map<string, number>(), [String(policies.length)] as string[]];
  args.push(...policyArgs(policies), String(changes.length));
  for (const change of changes) args.push(String(change.atMs), ...policyArgs(change.policies));
  for (const { call, pending, number } of groups) {
    let keyNumber = numbers.get(call.key);
    if (keyNumber === undefined) {
      keyNumber = keys.push(nameOf(call.key));
      numbers.set(call.key, keyNumber);
    }
    pushCall(args, call, keyNumber, pending.length, number);
  }
  return { keys, args };
}

function policyArgs(policies: readonly Policy[]): string[] {
  return policies.flatMap((policy) => {
    const { limit, windowMs, burst, blockForMs } = policy;
    return [letterOf(policy), String(limit), String(windowMs), String(burst), String(blockForMs)];
  });
}

function pushCall(args: string[], call: Call, key: number, count: number, number: number): void {
  const by = limitsOf(call.by);
  if (call.kind === 'allow') args.push('a', String(key), unitsArg(call.cost), String(count), by);
  else if (call.kind === 'check') args.push('c', String(key), unitsArg(call.cost), String(count), by);
  else if (call.kind === 'peek') args.push('p', String(key), unitsArg(call.cost), by);
  else if (call.kind === 'reserve') args.push('r', String(key), unitsArg(call.cost), String(number), by);
  else if (call.kind === 'lease') args.push('l', String(key), String(call.most), String(call.parts), String(number));
  else if (call.kind === 'block') args.push('b', String(key), String(call.ms));
  else if (call.kind === 'reset') args.push('x', String(key));
  else {
    const [less, more] = [beyond(call.estimate, call.actual), beyond(call.actual, call.estimate)];
    args.push('s', String(key), String(call.number), unitsArg(less), unitsArg(more), by);
  }
}

function unitsArg(units: Units): string {
  return typeof units === 'number' ? String(units) : units.join(',');
}

const known = new WeakMap<readonly Policy[], string>();

function limitsOf(by: readonly Policy[] | undefined): string {
  if (by === undefined) return '';
  const text = known.get(by) ?? by.map(({ limit, burst }) => `${limit}:${burst}`).join(',');
  known.set(by, text);
  return text;
}
