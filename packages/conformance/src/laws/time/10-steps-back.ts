import { type Decision, ManualClock } from '@headgate/core-ts';
import { spanMsOf } from '../../arbitraries/policy.js';
import { scenes } from '../../arbitraries/scene.js';
import { JITTER_MS, ModelTime } from '../../model/time.js';
import type { Law } from '../../run/law.js';
import { demand, demandSame } from '../../run/law-broken.js';
import type { Subject } from '../../run/subject.js';
import { type Calls, play } from '../../scene/play.js';
import { keysOf, limitsOf, policiesOf, printKey, printOperation, printScene, type Scene } from '../../scene/scene.js';
import { demandBounds } from '../decisions/01-safety.js';
import { EDGE_SCENES, SCENES_WITH_STEPS_BACK } from '../examples/edge-scenes.js';

export const stepsBack: Law<Scene> = {
  number: 10,
  name: 'clock steps back',
  sentence: 'Clock steps back or jitters: nothing granted again, lock-out of one window at the most.',
  values: scenes({ back: true, crowds: true, several: true }),
  examples: [...SCENES_WITH_STEPS_BACK, ...EDGE_SCENES.filter(({ policy }) => policy.blockForMs === 0)],
  print: printScene,
  holds(subject, scene) {
    demandNothingByReadings(subject, scene);
    demandNothingByStep(subject, scene);
  },
};

/** Whatever the readings are: in any span of the time that they have come forward, no more than the bound. */
function demandNothingByReadings(subject: Subject, scene: Scene): void {
  const clock = new ManualClock(scene.startMs);
  const time = new ModelTime(BigInt(clock.now()));
  demandBounds(subject, scene, clock, () => time.read(BigInt(clock.now())));
}

/** A step back changes no answer, but for the time until the clock is where it was, where that is short. */
function demandNothingByStep(subject: Subject, scene: Scene): void {
  const clock = new ManualClock(scene.startMs);
  const limiter = subject.limiter({ ...limitsOf(scene), clock });
  const keys = keysOf(scene);
  const time = new ModelTime(BigInt(clock.now()));

  scene.operations.forEach((operation, index) => {
    if (operation.call !== 'advance' || operation.ms >= 0) {
      play(limiter, clock, operation);
      if (operation.call !== 'advance' && operation.call !== 'clear') time.read(BigInt(clock.now()));
      return;
    }
    const before = keys.map((key) => limiter.peek(key));
    if (keys.length > 0) time.read(BigInt(clock.now()));
    const behindMs = Number(time.behindMs);
    clock.advance(operation.ms);
    if (keys.length > 0) time.read(BigInt(clock.now()));
    keys.forEach((key, i) => {
      const where = `${index + 1}. ${printOperation(operation)}: key ${printKey(key)}`;
      const byMs = Number(time.behindMs) - behindMs;
      demandSame(where, waits(limiter.peek(key)), waits(before[i] as Decision, byMs));
    });
  });
  demandOpenAfterOneWindow(limiter, clock, scene, keys);
}

/** What a decision says, with its waits so much longer. */
function waits({ allowed, limit, remaining, policy, policies }: Decision, byMs = 0): object {
  const rows = policies.map(({ resetAfterMs, retryAfterMs, ...row }) => ({
    ...row,
    resetAfterMs: resetAfterMs === 0 ? 0 : resetAfterMs + byMs,
    retryAfterMs: retryAfterMs === 0 ? 0 : retryAfterMs + byMs,
  }));
  return { allowed, limit, remaining, policy, rows };
}

function demandOpenAfterOneWindow(limiter: Calls, clock: ManualClock, scene: Scene, keys: readonly string[]): void {
  const most = Math.min(...policiesOf(scene).map(({ burst }) => burst));
  const spanMs = Math.max(...policiesOf(scene).map(spanMsOf)) + Number(JITTER_MS);
  if (most === 0) return;
  for (const key of keys) {
    const { resetAfterMs } = limiter.peek(key);
    demand(resetAfterMs <= spanMs, () => `key ${printKey(key)} is locked for ${resetAfterMs} ms`);
  }
  clock.advance(spanMs);
  for (const key of keys) {
    demand(limiter.allow(key, most), () => `key ${printKey(key)} is locked for more than one window`);
  }
}
