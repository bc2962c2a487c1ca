import { type Cost, MAX_WINDOW_MS, ManualClock, mostBurst, type Policy } from '@headgate/core-ts';
import fc from 'fast-check';
import { callPolicyOf } from '../model/call-policy.js';
import { Model } from '../model/model.js';
import { JITTER_MS } from '../model/time.js';
import { isDenied, play } from '../scene/play.js';
import type { Operation, Scene } from '../scene/scene.js';
import { someKeys } from './key.js';
import { blockingPolicies, policies, policyOf, spanMsOf } from './policy.js';
import { advanceOf, blockMsOf, costOf, isBack, type LimitAim, type Step, type StepKinds, steps } from './step.js';

const MOST = Number.MAX_SAFE_INTEGER;

export interface SceneKinds extends StepKinds {
  readonly policies?: fc.Arbitrary<Policy>;
  readonly keys?: fc.Arbitrary<readonly string[]>;
  /** Whether a limiter may have several policies. */
  readonly several?: boolean;
  readonly maxSteps?: number;
  /** Windows that the law lets pass after the scene, and that the clock must have room for; 2 by default. */
  readonly windowsAfter?: number;
}

/** A part of the window, in thousandths, that all steps forward of a scene take; most scenes have none. */
const rhythms = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom(1, 100, 250, 334, 500, 667, 900) },
);

type Start = 'at the bottom' | 'near the top' | { readonly ms: number };

const starts: fc.Arbitrary<Start> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom({ ms: 0 }, { ms: 1_700_000_000_000 }) },
  { weight: 2, arbitrary: fc.constantFrom({ ms: -1 }, { ms: -1500 }, { ms: -1_700_000_000_000 }) },
  { weight: 2, arbitrary: fc.constantFrom<Start>('at the bottom', 'near the top') },
);

/** Scenes biased to the edges of their own policy: the last unit, the exact end of a window. */
export function scenes(kinds: SceneKinds = {}): fc.Arbitrary<Scene> {
  const { keys = someKeys, maxSteps = 40, windowsAfter = 2 } = kinds;
  return fc
    .record({
      policy: kinds.policies ?? (kinds.blocks ? blockingPolicies : policies),
      others: kinds.several ? fc.array(kinds.blocks ? blockingPolicies : policies, { maxLength: 2 }) : fc.constant([]),
      start: starts,
      keys,
      rhythm: rhythms,
      plan: fc.array(steps(kinds), { maxLength: maxSteps, size: 'max' }),
    })
    .map(({ policy, others, start, keys, rhythm, plan }) => {
      const named = [policy, ...others].map((each, i) => ({ ...each, name: `${each.algorithm} ${i}` }));
      const spanMs = kinds.updates
        ? 3 * MAX_WINDOW_MS
        : Math.max(...named.map((each) => spanMsOf(each) + each.blockForMs), policy.windowMs);
      const latestMs = MOST - windowsAfter * (spanMs + (kinds.back ? Number(JITTER_MS) : 0));
      const startMs = startOf(start, spanMs, latestMs);
      const scene = { policy: named[0] as Policy, others: named.slice(1), startMs };
      return { ...scene, operations: aim(inRhythm(plan, rhythm), scene, keys, latestMs) };
    });
}

/** A limit for one call, as far as the policy can have it. */
function limitOf(policy: Policy, aim: LimitAim): number {
  const limit = 'units' in aim ? aim.units : Math.min(MOST, Math.ceil(policy.limit * (aim.part / 1000)));
  if (policy.algorithm !== 'token-bucket') return limit;
  const most = mostBurst(policy.windowMs);
  return Math.min(limit, policy.burst === policy.limit ? most : (most - 1) * policy.windowMs);
}

/** A policy with other numbers, as far as there are such policies. */
function changed(policy: Policy, aim: LimitAim, windowPart: number): Policy {
  const limit = 'units' in aim ? aim.units : Math.min(MOST, Math.ceil(policy.limit * (aim.part / 1000)));
  const windowMs = Math.min(MAX_WINDOW_MS, Math.max(1, Math.ceil(policy.windowMs * (windowPart / 1000))));
  return {
    ...policyOf({ ...policy, burst: policy.burst || undefined, limit, windowMs }),
    blockForMs: policy.blockForMs,
  };
}

function startOf(start: Start, spanMs: number, latestMs: number): number {
  if (start === 'at the bottom') return -MOST;
  return start === 'near the top' ? latestMs - 12 * spanMs : start.ms;
}

/** Small even steps bring calls to every phase of what an engine does once a window. */
function inRhythm(plan: readonly Step[], part: number | undefined): readonly Step[] {
  if (part === undefined) return plan;
  return plan.map((step) => ('by' in step && !isBack(step.by) ? { ...step, by: { part } } : step));
}

/** Gives each step its numbers, with the model as the guide to what is left and when it comes back. */
function aim(
  plan: readonly Step[],
  { policy, others, startMs }: Pick<Scene, 'policy' | 'others' | 'startMs'>,
  keys: readonly string[],
  latestMs: number,
): Operation[] {
  const clock = new ManualClock(startMs);
  const guide = new Model([policy, ...(others ?? [])], clock);
  let key = keys[0] ?? '';
  let furthestMs = startMs;
  let made = 0;
  let current: readonly Policy[] = [policy, ...(others ?? [])];
  let open: { readonly reservation: number; readonly estimate: Cost }[] = [];

  return plan.map((step) => {
    if ('key' in step) key = keys[step.key % keys.length] ?? '';
    const operation = known(step);
    if (operation.call === 'advance') furthestMs += Math.max(0, operation.ms);
    if (operation.call === 'crowd') return operation;
    const answer = play(guide, clock, operation);
    if (operation.call === 'reserve') {
      if (!isDenied(answer)) open = [...open, { reservation: made, estimate: operation.costs ?? operation.cost }];
      made++;
    }
    return operation;
  });

  function known(step: Step): Operation {
    if (step.call === 'update') {
      current = [policy, ...(others ?? [])].map((each) => changed(each, step.limit, step.windowPart));
      return { call: 'update', policies: current };
    }
    if (step.call === 'settle') {
      const chosen = open[step.open % open.length];
      if (chosen === undefined) return { call: 'advance', ms: 0 };
      open = open.filter((each) => each !== chosen);
      const partOf = (units: number) => Math.min(MOST, Math.ceil((units * step.part) / 1000));
      const { reservation, estimate } = chosen;
      if (typeof estimate === 'number') return { call: 'settle', reservation, actual: partOf(estimate) };
      const actual = Object.fromEntries(Object.entries(estimate).map(([name, units]) => [name, partOf(units)]));
      return { call: 'settle', reservation, actual };
    }
    if ('cost' in step) return call(step);
    if (step.call === 'block') return { call: 'block', key, ms: blockMsOf(step.part, policy) };
    if ('by' in step) return { call: 'advance', ms: inRange(advanceOf(step.by, policy, guide.peek(key))) };
    return 'key' in step ? { call: step.call, key } : step;
  }

  function call(step: Extract<Step, { cost: unknown }>): Operation {
    const { call, own } = step;
    const first = current[0] as Policy;
    if (own === undefined) return { call, key, cost: costOf(step.cost, first, guide.remaining(key)) };
    const limits = own.limit === undefined ? undefined : current.map((each) => limitOf(each, own.limit as LimitAim));
    const by = limits === undefined ? current : current.map((each, i) => callPolicyOf(each, limits[i] as number));
    const limit =
      limits === undefined || current.length > 1
        ? limits && Object.fromEntries(current.map(({ name }, i) => [name, limits[i] as number]))
        : (limits[0] as number);
    const rows = guide.peek(key, 0, limit === undefined ? undefined : { limit }).policies;
    const aimed = [step.cost, ...(own.others ?? [])];
    const costs = by.map((each, i) => costOf(aimed[i] ?? step.cost, each, rows[i]?.remaining ?? 0));
    return {
      call,
      key,
      cost: costs[0] as number,
      ...(own.others === undefined || current.length === 1
        ? {}
        : { costs: Object.fromEntries(current.map(({ name }, i) => [name, costs[i] as number])) }),
      ...(limit === undefined ? {} : { limit }),
    };
  }

  /** The limiter's time is the sum of all steps forward, and neither it nor the clock may leave the safe range. */
  function inRange(ms: number): number {
    return Math.max(Math.min(ms, latestMs - furthestMs), -MOST - clock.now());
  }
}
