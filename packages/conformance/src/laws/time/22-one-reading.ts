import { type Clock, ManualClock } from '@headgate/core-ts';
import { scenes } from '../../arbitraries/scene.js';
import type { Law } from '../../run/law.js';
import { demand, demandSame } from '../../run/law-broken.js';
import { demandSameAnswer, play } from '../../scene/play.js';
import { keysOf, limitsOf, type Operation, printOperation, printScene, type Scene } from '../../scene/scene.js';
import { CHANGED_SCENES } from '../examples/changed-scenes.js';
import { RESERVED_SCENES } from '../examples/reserved-scenes.js';

/** Counts its readings, and throws instead while it is broken. */
class BreakableClock implements Clock {
  readonly #clock: Clock;
  isBroken = false;
  readings = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    this.readings++;
    if (this.isBroken) throw new ClockBroken();
    return this.#clock.now();
  }
}

class ClockBroken extends Error {}

export const oneReading: Law<Scene> = {
  number: 22,
  name: 'one reading',
  sentence:
    'A call reads the injected clock once at the most, before it changes anything: one whose clock throws has changed nothing.',
  values: scenes({ several: true, blocks: true, reservations: true, updates: true, windowsAfter: 4 }),
  share: 0.5,
  examples: [...RESERVED_SCENES, ...CHANGED_SCENES].filter(({ operations }) => operations.length < 100),
  print: printScene,
  holds(subject, scene) {
    const time = new ManualClock(scene.startMs);
    const clock = new BreakableClock(time);
    const limiter = subject.limiter({ ...limitsOf(scene), clock });
    const undisturbed = subject.limiter({ ...limitsOf(scene), clock: time });

    scene.operations.forEach((operation, index) => {
      if (operation.call === 'advance') {
        time.advance(operation.ms);
        return;
      }
      const where = `${index + 1}. ${printOperation(operation)}`;
      if (operation.call !== 'clear') playBroken(operation);
      demandNoDifference(where);
      clock.readings = 0;
      const answer = play(limiter, time, operation);
      demand(clock.readings <= 1, () => `${where}: read the clock ${clock.readings} times`);
      demandSameAnswer(operation, index, answer, play(undisturbed, time, operation));
      demandNoDifference(where);
    });
    for (const key of keysOf(scene)) demandSame('at the end', limiter.peek(key), undisturbed.peek(key));

    /** Entries are left out: each reclaims when it likes. */
    function demandNoDifference(where: string): void {
      const { activeKeys, ...counts } = limiter.stats();
      const { activeKeys: held, ...expected } = undisturbed.stats();
      demandSame(`${where}: statistics`, counts, expected);
      demandSame(`${where}: policies`, limiter.policies, undisturbed.policies);
    }

    function playBroken(operation: Operation): void {
      clock.isBroken = true;
      try {
        play(limiter, time, operation);
      } catch (error) {
        if (!(error instanceof ClockBroken)) throw error;
      } finally {
        clock.isBroken = false;
      }
    }
  },
};
