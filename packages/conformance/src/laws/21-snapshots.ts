import { ManualClock, type RateLimiter } from '@headgate/core-ts';
import fc from 'fast-check';
import { scenes } from '../arbitraries/scene.js';
import type { Law } from '../law.js';
import { demand, demandSame } from '../law-broken.js';
import { play, sameOutcome } from '../play.js';
import { keysOf, limitsOf, printScene, type Scene } from '../scene.js';
import { EDGE_LIVES } from './edge-lives.js';

/** A life that goes on in another limiter from some point on, and where its bytes are damaged before. */
interface Move {
  readonly scene: Scene;
  /** In thousandths of the operations, and of the bytes. */
  readonly atPart: number;
  readonly damagedPart: number;
  readonly mask: number;
}

export const snapshots: Law<Move> = {
  number: 21,
  name: 'snapshots',
  sentence:
    'A limiter that a snapshot was restored into decides as the one that it was made of; bytes that are damaged or foreign are refused whole.',
  values: fc.record({
    scene: scenes({ several: true, blocks: true, crowds: true, windowsAfter: 4, maxSteps: 60 }),
    atPart: fc.integer({ min: 0, max: 1000 }),
    damagedPart: fc.integer({ min: 0, max: 999 }),
    mask: fc.integer({ min: 1, max: 255 }),
  }),
  examples: EDGE_LIVES.map((scene) => ({ scene, atPart: 500, damagedPart: 500, mask: 1 })),
  print: ({ scene, atPart, damagedPart, mask }) =>
    `${printScene(scene)}\nmoved at ${atPart}/1000, damaged at ${damagedPart}/1000 by ${mask}`,
  holds(subject, { scene, atPart, damagedPart, mask }) {
    const clock = new ManualClock(scene.startMs);
    const limiter = subject.limiter({ ...limitsOf(scene), clock });
    const movesAt = Math.floor((scene.operations.length * atPart) / 1000);
    for (const operation of scene.operations.slice(0, movesAt)) play(limiter, clock, operation);

    const bytes = limiter.snapshot();
    // It starts with nothing behind it, and with keys that the snapshot hasn't.
    const newClock = new ManualClock(7);
    const next = subject.limiter({ ...limitsOf(scene), clock: newClock });
    next.allow('not in the snapshot');
    demandRefused(next, damage(bytes, damagedPart, mask), 'with a byte changed');
    demandRefused(next, bytes.subarray(0, Math.floor((bytes.length * damagedPart) / 1000)), 'cut');
    next.restore(bytes);
    demandSame('a key that is not in it', next.peek('not in the snapshot', 0).resetAfterMs, 0);

    scene.operations.slice(movesAt).forEach((operation, index) => {
      if (operation.call === 'advance') {
        clock.advance(operation.ms);
        newClock.advance(operation.ms);
      } else {
        sameOutcome(operation, movesAt + index, play(next, newClock, operation), play(limiter, clock, operation));
      }
    });
    for (const key of keysOf(scene, true)) demandSame('at the end', next.peek(key), limiter.peek(key));
  },
};

function damage(bytes: Uint8Array, part: number, mask: number): Uint8Array {
  const damaged = bytes.slice();
  const at = Math.floor((bytes.length * part) / 1000);
  damaged[at] = (damaged[at] as number) ^ mask;
  return damaged;
}

function demandRefused(limiter: RateLimiter, bytes: Uint8Array, how: string): void {
  const before = [limiter.stats(), limiter.peek('not in the snapshot')];
  demand(
    throws(() => limiter.restore(bytes)),
    () => `a snapshot ${how} was taken in`,
  );
  demandSame(`after one ${how} was refused`, [limiter.stats(), limiter.peek('not in the snapshot')], before);
}

function throws(call: () => void): boolean {
  try {
    call();
  } catch (error) {
    return error instanceof RangeError;
  }
  return false;
}
