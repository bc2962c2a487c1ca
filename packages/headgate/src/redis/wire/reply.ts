import { type Policy, show } from '@headgate/core-ts';
import { ALL_ALLOWED, ELSEWHERE, FOREIGN, listOf, numberOf } from './answers.js';
import type { Group } from './batch.js';
import type { ShortKind } from './short.js';

/** How often so many numbers are answered, and how much the first of them is at the most. */
interface Shape {
  readonly times: number;
  readonly size: number;
  readonly most: number;
}

/**
 * Whether a reply is one to these calls: a client that answers another's, or a server that is none, is found out before
 * anything is decided by it.
 *
 * @throws TypeError for any other
 */
export function checkReply(
  reply: unknown,
  groups: readonly Group[],
  short: ShortKind | undefined,
  { length }: readonly Policy[],
): void {
  const numbers = listOf(reply).map(numberOf);
  if (short === 'a' && numbers.length === 2 && numbers[1] === ALL_ALLOWED) return;
  let at = 1;
  for (const group of groups) {
    const marker = numbers[at];
    if (marker === FOREIGN || marker === ELSEWHERE) {
      at++;
      continue;
    }
    const { times, size, most } = shapeOf(group, short, length);
    for (let i = 0; i < times; i++, at += size) {
      const first = numbers[at] ?? Number.NaN;
      if (!(first >= 0 && first <= most))
        throw new TypeError(`the server must answer what was asked, got ${show(numbers[at])} at ${at}`);
    }
  }
  if (at !== numbers.length)
    throw new TypeError(`the server must answer ${at} numbers to what was asked, got ${numbers.length}`);
}

/** Of each policy a call is answered what is left, the reset and the wait. */
function shapeOf({ call, pending }: Group, short: ShortKind | undefined, policies: number): Shape {
  if (call.kind === 'allow') return { times: 1, size: 3, most: pending.length };
  if (call.kind === 'block' || call.kind === 'reset') return { times: 1, size: 1, most: 1 };
  if (call.kind === 'lease') return { times: 1, size: 3 + 3 * policies, most: Number.POSITIVE_INFINITY };
  if (short === 'c') return { times: 1, size: 3 + 3 * policies, most: pending.length };
  return { times: pending.length, size: 2 + 3 * policies, most: 1 };
}
