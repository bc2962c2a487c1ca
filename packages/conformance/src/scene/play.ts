import {
  type CallLimit,
  type CallOptions,
  type Cost,
  type Decision,
  ManualClock,
  type PolicyChanges,
  type RateLimiter,
  type Reservation,
} from '@headgate/core-ts';
import { differences, LawBroken } from '../run/law-broken.js';
import type { Subject } from '../run/subject.js';
import { changesTo, crowdKeys, limitsOf, type Operation, printOperation, type Scene } from './scene.js';

/** What the laws call: a limiter, or the model of one. */
export interface Calls
  extends Pick<
    RateLimiter,
    'allow' | 'check' | 'peek' | 'remaining' | 'block' | 'reset' | 'clear' | 'cleanupExpired' | 'stats'
  > {
  readonly backend?: string;
  /** The model has none: it decides one call after the other, and batches are held against that. */
  allowMany?(keys: readonly string[]): Uint8Array;
  reserve(key: string, estimate: Cost, options?: CallOptions): Settling;
  update(changes: PolicyChanges): void;
}

type Settling = Pick<Reservation, 'decision' | 'settled' | 'commit' | 'cancel'>;

/** What was reserved of each limiter, in order. */
const reservationsOf = new WeakMap<Calls, Settling[]>();

/** What a call answered; `undefined` for one that answers nothing or was left out. */
export type Answer = Decision | boolean | number | undefined;

export function play(limiter: Calls, clock: ManualClock, operation: Operation): Answer {
  switch (operation.call) {
    case 'advance':
      return clock.advance(operation.ms) as undefined;
    case 'crowd':
      return admitCrowd(limiter, operation);
    case 'clear':
      return limiter.clear() as undefined;
    case 'cleanupExpired':
      return limiter.cleanupExpired();
    case 'block':
      return limiter.block(operation.key, operation.ms);
    case 'update':
      return limiter.update(changesTo(operation.policies)) as undefined;
    case 'reserve':
      return reserve(limiter, operation.key, operation.costs ?? operation.cost, optionsOf(operation));
    case 'settle':
      return settle(reservationsOf.get(limiter)?.[operation.reservation], operation.actual);
    case 'remaining':
    case 'reset':
      return limiter[operation.call](operation.key);
    default:
      return limiter[operation.call](operation.key, operation.costs ?? operation.cost, optionsOf(operation));
  }
}

/** A crowd of more comes as one batch. */
const MOST_ONE_BY_ONE = 20;

function optionsOf({ limit }: { readonly limit?: CallLimit }): CallOptions | undefined {
  return limit === undefined ? undefined : { limit };
}

function reserve(limiter: Calls, key: string, cost: Cost, options: CallOptions | undefined): Decision {
  const made = reservationsOf.get(limiter) ?? [];
  const reservation = limiter.reserve(key, cost, options);
  reservationsOf.set(limiter, [...made, reservation]);
  return reservation.decision;
}

function settle(reservation: Settling | undefined, actual: Cost): Decision | undefined {
  if (reservation === undefined || reservation.settled || !reservation.decision.allowed) return undefined;
  return actual === 0 ? reservation.cancel() : reservation.commit(actual);
}

function admitCrowd(limiter: Calls, crowd: { from: number; count: number }): number {
  const keys = [...crowdKeys(crowd)];
  if (crowd.count > MOST_ONE_BY_ONE && limiter.allowMany !== undefined)
    return limiter.allowMany(keys).reduce((sum, allowed) => sum + allowed, 0);
  return keys.filter((key) => limiter.allow(key)).length;
}

/** Whether any policy still counts something against the key. */
export function isLive({ policies }: Decision): boolean {
  return policies.some(({ resetAfterMs }) => resetAfterMs > 0);
}

/** The trace of a scene that is played on a limiter of its own, without the calls that `keep` refuses; time passes all the same. */
export function traceOf(
  subject: Subject,
  scene: Scene,
  keep: (operation: Operation, index: number) => boolean = () => true,
): Answer[] {
  const clock = new ManualClock(scene.startMs);
  const limiter = subject.limiter({ ...limitsOf(scene), clock });
  return scene.operations.map((operation, index) =>
    operation.call === 'advance' || keep(operation, index) ? play(limiter, clock, operation) : undefined,
  );
}

/** Whether it took or tried to: what `stats` counts. */
export function isTake(operation: Operation): operation is Extract<Operation, { cost: number }> {
  return operation.call === 'allow' || operation.call === 'check' || operation.call === 'reserve';
}

export function isDenied(answer: Answer): boolean {
  return typeof answer === 'object' ? !answer.allowed : answer === false;
}

/**
 * @throws LawBroken when a call answered differently in two plays of one scene. How many entries a cleanup
 * found is left out: that depends on what was reclaimed before, and no decision does.
 */
export function demandSameAnswer(operation: Operation, index: number, actual: Answer, expected: Answer): void {
  if (operation.call === 'cleanupExpired') return;
  const found = differences(actual, expected);
  if (found !== '') throw new LawBroken(`${index + 1}. ${printOperation(operation)}: ${found}`);
}

/** @throws LawBroken when two traces of one scene differ in a call that both made. */
export function demandSameTrace(scene: Scene, actual: readonly Answer[], expected: readonly Answer[]): void {
  scene.operations.forEach((operation, index) => {
    if (actual[index] === undefined || expected[index] === undefined) return;
    demandSameAnswer(operation, index, actual[index], expected[index]);
  });
}
