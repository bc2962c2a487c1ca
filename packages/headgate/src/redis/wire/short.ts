import type { Policy, Units } from '@headgate/core-ts';
import type { Group } from './batch.js';

/** What the short script is asked: `allow`, or `check`. */
export type ShortKind = 'a' | 'c';

/**
 * What the short script would be asked by these calls: all of one kind, each key once, by fixed windows that block nobody,
 * with a cost that fits. `undefined` where they need the other one.
 */
export function shortKind(groups: readonly Group[], policies: readonly Policy[]): ShortKind | undefined {
  let least = Number.POSITIVE_INFINITY;
  for (const { algorithm, blockForMs, limit } of policies) {
    if (algorithm !== 'fixed-window' || blockForMs > 0) return undefined;
    least = Math.min(least, limit);
  }
  const kind = groups[0]?.call.kind;
  if (kind !== 'allow' && kind !== 'check') return undefined;
  const keys = new Set<string>();
  for (const { call } of groups) {
    if (call.kind !== kind || call.by !== undefined) return undefined;
    if (typeof call.cost !== 'number' || call.cost === 0 || call.cost > least) return undefined;
    keys.add(call.key);
  }
  if (keys.size < groups.length) return undefined;
  return kind === 'allow' ? 'a' : 'c';
}

/** The keys and arguments of the short script, but for the time and the number of the call. */
export function encodeShort(
  groups: readonly Group[],
  kind: ShortKind,
  policies: readonly Policy[],
  nameOf: (key: string) => string,
): { readonly keys: string[]; readonly args: string[] } {
  const args: string[] = [kind, String(policies.length)];
  for (const { limit, windowMs } of policies) args.push(String(limit), String(windowMs));
  const keys = groups.map(({ call }) => nameOf(call.key));
  if (groups.every(({ call, pending }) => costOf(call) === 1 && pending.length === 1)) return { keys, args };
  for (const { call, pending } of groups) args.push(String(costOf(call)), String(pending.length));
  return { keys, args };
}

function costOf(call: Group['call']): number {
  return (call as { readonly cost: Units }).cost as number;
}
