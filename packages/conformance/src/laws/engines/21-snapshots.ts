import { ManualClock, type RateLimiter } from '@headgate/core-ts';
import fc from 'fast-check';
import { scenes } from '../../arbitraries/scene.js';
import type { Law } from '../../run/law.js';
import { demand, demandSame } from '../../run/law-broken.js';
import { demandSameAnswer, play } from '../../scene/play.js';
import { keysOf, limitsOf, type Operation, printScene, type Scene } from '../../scene/scene.js';
import { CHANGED_SCENES, SCENES_BETWEEN_WIDE_AND_PLAIN } from '../examples/changed-scenes.js';
import { EDGE_SCENES } from '../examples/edge-scenes.js';

/** A scene that goes on in another limiter from some point on, and where its bytes are damaged before. */
interface Move {
  readonly scene: Scene;
  /** In thousandths of the operations, and of the bytes. */
  readonly atPart: number;
  readonly damagedPart: number;
  readonly mask: number;
}

/** The sum of all steps back is far below so many windows: a scene has 60 steps, and none is longer than ten. */
const WINDOWS_AFTER = 650;

export const snapshots: Law<Move> = {
  number: 21,
  name: 'snapshots',
  sentence:
    'A limiter that a snapshot was restored into decides as the one that it was made of; bytes that are damaged or foreign are refused whole.',
  values: fc.record({
    scene: scenes({
      several: true,
      blocks: true,
      crowds: true,
      reservations: true,
      updates: true,
      back: true,
      windowsAfter: WINDOWS_AFTER,
      maxSteps: 60,
    }),
    atPart: fc.integer({ min: 0, max: 1000 }),
    damagedPart: fc.integer({ min: 0, max: 999 }),
    mask: fc.integer({ min: 1, max: 255 }),
  }),
  examples: [
    ...[...EDGE_SCENES, ...CHANGED_SCENES].map((scene) => ({ scene, atPart: 500, damagedPart: 500, mask: 1 })),
    ...SCENES_BETWEEN_WIDE_AND_PLAIN.map((scene) => ({ scene, atPart: 1000, damagedPart: 500, mask: 1 })),
  ],
  print: ({ scene, atPart, damagedPart, mask }) =>
    `${printScene(scene)}\nmoved at ${atPart}/1000, damaged at ${damagedPart}/1000 by ${mask}`,
  holds(subject, { scene, atPart, damagedPart, mask }) {
    const clock = new ManualClock(scene.startMs);
    const limiter = subject.limiter({ ...limitsOf(scene), clock });
    const movesAt = Math.floor((scene.operations.length * atPart) / 1000);
    const before = scene.operations.slice(0, movesAt);
    let furthestMs = clock.now();
    before.forEach((operation, index) => {
      play(limiter, clock, operation);
      furthestMs = Math.max(furthestMs, clock.now());
      if (index === movesAt >> 1) demandTakesBack(limiter, keysOf(scene));
    });
    // A limiter remembers what its clock showed, which is in no snapshot: so it moves with nothing to remember.
    clock.advance(furthestMs - clock.now());

    const bytes = limiter.snapshot();
    // It starts with nothing behind it, and with keys that the snapshot hasn't.
    const newClock = new ManualClock(7);
    const current = { policy: limiter.policy, others: limiter.policies.slice(1) };
    const next = subject.limiter({ ...limitsOf({ ...scene, ...current }), clock: newClock });
    next.allow('not in the snapshot');
    demandRefused(next, damage(bytes, damagedPart, mask), 'with a byte changed');
    demandRefused(next, bytes.subarray(0, Math.floor((bytes.length * damagedPart) / 1000)), 'cut');
    next.restore(bytes);
    demandSame('a key that is not in it', next.peek('not in the snapshot', 0).resetAfterMs, 0);

    scene.operations.slice(movesAt).forEach((operation, index) => {
      if (operation.call === 'advance') {
        clock.advance(Math.max(0, operation.ms));
        newClock.advance(Math.max(0, operation.ms));
        return;
      }
      const same = sinceTheMove(operation, before);
      if (same === undefined) return;
      demandSameAnswer(operation, movesAt + index, play(next, newClock, same), play(limiter, clock, operation));
    });
    for (const key of keysOf(scene, true)) demandSame('at the end', next.peek(key), limiter.peek(key));
  },
};

/** What is reserved is in no snapshot: only what was reserved after the move is settled, by its number from there. */
function sinceTheMove(operation: Operation, before: readonly Operation[]): Operation | undefined {
  if (operation.call !== 'settle') return operation;
  const reservation = operation.reservation - before.filter(({ call }) => call === 'reserve').length;
  return reservation < 0 ? undefined : { ...operation, reservation };
}

/** What a limiter writes, it takes back itself, and stands as before. */
function demandTakesBack(limiter: RateLimiter, keys: readonly string[]): void {
  const stand = () => keys.map((key) => limiter.peek(key, 0));
  const before = stand();
  limiter.restore(limiter.snapshot());
  demandSame('after its own snapshot', stand(), before);
}

function damage(bytes: Uint8Array, part: number, mask: number): Uint8Array {
  const damaged = bytes.slice();
  const at = Math.floor((bytes.length * part) / 1000);
  damaged[at] = (damaged[at] as number) ^ mask;
  return damaged;
}

function demandRefused(limiter: RateLimiter, bytes: Uint8Array, how: string): void {
  const before = [limiter.stats(), limiter.peek('not in the snapshot')];
  demand(
    throwsRangeError(() => limiter.restore(bytes)),
    () => `a snapshot ${how} was taken in`,
  );
  demandSame(`after one ${how} was refused`, [limiter.stats(), limiter.peek('not in the snapshot')], before);
}

function throwsRangeError(call: () => void): boolean {
  try {
    call();
  } catch (error) {
    return error instanceof RangeError;
  }
  return false;
}
