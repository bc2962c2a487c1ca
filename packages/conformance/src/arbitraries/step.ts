import { type Decision, MAX_WINDOW_MS, type Policy } from '@headgate/core-ts';
import fc from 'fast-check';
import type { Operation } from '../scene/scene.js';
import { limits } from './policy.js';

/** A cost relative to the policy and to the units that the key has left then. */
const COSTS = {
  limit: (limit: number) => limit,
  'limit + 1': (limit: number) => limit + 1,
  'limit - 1': (limit: number) => Math.max(0, limit - 1),
  remaining: (_limit: number, remaining: number) => remaining,
  'remaining + 1': (_limit: number, remaining: number) => remaining + 1,
  'remaining - 1': (_limit: number, remaining: number) => Math.max(0, remaining - 1),
} satisfies Record<string, (limit: number, remaining: number) => number>;

/** A step of the clock relative to the window and to the reset of the key that was named last. */
const ADVANCES = {
  'to the reset': (_windowMs: number, resetAfterMs: number) => resetAfterMs,
  'to 1 ms before the reset': (_windowMs: number, resetAfterMs: number) => Math.max(0, resetAfterMs - 1),
  'to 1 ms after the reset': (_windowMs: number, resetAfterMs: number) => resetAfterMs + 1,
  'to the next unit': (_windowMs: number, _resetAfterMs: number, retryAfterMs: number) => retryAfterMs,
  'to 1 ms before the next unit': (_windowMs: number, _resetAfterMs: number, retryAfterMs: number) =>
    Math.max(0, retryAfterMs - 1),
  window: (windowMs: number) => windowMs,
  'window - 1': (windowMs: number) => windowMs - 1,
  'window + 1': (windowMs: number) => windowMs + 1,
  'half a window': (windowMs: number) => Math.floor(windowMs / 2),
  'two windows': (windowMs: number) => 2 * windowMs,
  'ten windows': (windowMs: number) => 10 * windowMs,
} satisfies Record<string, (windowMs: number, resetAfterMs: number, retryAfterMs: number) => number>;

const STEPS_BACK = {
  '1 ms back': () => -1,
  '50 ms back': () => -50,
  'as far back as jitter can be': () => -1000,
  '1 ms further back than jitter can be': () => -1001,
  'half a window back': (windowMs: number) => -Math.ceil(windowMs / 2),
  'a window back': (windowMs: number) => -windowMs,
  'a window and 1 ms back': (windowMs: number) => -windowMs - 1,
  'ten windows back': (windowMs: number) => -10 * windowMs,
} satisfies Record<string, (windowMs: number, resetAfterMs: number, retryAfterMs: number) => number>;

type CostAim = keyof typeof COSTS | { readonly units: number };
type AdvanceAim = keyof typeof ADVANCES | keyof typeof STEPS_BACK | { readonly ms: number } | { readonly part: number };

/** A limit itself, or a part of the one that the policy began with, in thousandths. */
export type LimitAim = { readonly units: number } | { readonly part: number };

/** An operation whose numbers become known when it is played: only then is there a remaining and a reset. */
export type Step =
  | {
      readonly call: 'allow' | 'check' | 'peek' | 'reserve';
      readonly key: number;
      readonly cost: CostAim;
      /** A limit of the call's own, and costs of the policies behind the first one. */
      readonly own?: { readonly limit: LimitAim | undefined; readonly others: readonly CostAim[] | undefined };
    }
  | { readonly call: 'remaining' | 'reset'; readonly key: number }
  | { readonly call: 'advance'; readonly by: AdvanceAim }
  /** For a part of the window, in thousandths. */
  | { readonly call: 'block'; readonly key: number; readonly part: number }
  /** One that is open, by its number among those, for a part of its estimate or beyond it, in thousandths. */
  | { readonly call: 'settle'; readonly open: number; readonly part: number }
  /** Each policy to a part of the window that it began with, in thousandths, and to a limit. */
  | { readonly call: 'update'; readonly limit: LimitAim; readonly windowPart: number }
  | Extract<Operation, { call: 'clear' | 'cleanupExpired' | 'crowd' }>;

/** Which steps a scene has. The clock only goes forward unless `back`. */
export interface StepKinds {
  readonly back?: boolean;
  readonly forgetting?: boolean;
  readonly crowds?: boolean;
  readonly reservations?: boolean;
  readonly updates?: boolean;
  /** Calls with a limit of their own, and with a cost for each policy. */
  readonly own?: boolean;
  /** Blocks by hand, and policies whose denials block. */
  readonly blocks?: boolean;
}

export function costOf(aim: CostAim, { burst }: Policy, remaining: number): number {
  return typeof aim === 'object' ? aim.units : COSTS[aim](burst, remaining);
}

export function advanceOf(
  aim: AdvanceAim,
  { windowMs }: Policy,
  { resetAfterMs, retryAfterMs }: Pick<Decision, 'resetAfterMs' | 'retryAfterMs'>,
): number {
  const nextMs = retryAfterMs === Infinity ? 0 : retryAfterMs;
  if (typeof aim !== 'object') return { ...ADVANCES, ...STEPS_BACK }[aim](windowMs, resetAfterMs, nextMs);
  return 'ms' in aim ? aim.ms : Math.floor((windowMs * aim.part) / 1000);
}

export function blockMsOf(part: number, { windowMs }: Policy): number {
  return Math.max(1, Math.min(MAX_WINDOW_MS, Math.floor((windowMs * part) / 1000)));
}

export function isBack(aim: AdvanceAim): boolean {
  if (typeof aim !== 'object') return aim in STEPS_BACK;
  return ('part' in aim ? aim.part : aim.ms) < 0;
}

const costs: fc.Arbitrary<CostAim> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ units: 1 }) },
  { weight: 2, arbitrary: fc.record({ units: fc.integer({ min: 0, max: 5 }) }) },
  { weight: 6, arbitrary: fc.constantFrom(...names(COSTS)) },
  { weight: 1, arbitrary: fc.constantFrom({ units: 2 ** 53 }, { units: 2 ** 64 }, { units: Number.MAX_VALUE }) },
);

const advancesForward: fc.Arbitrary<AdvanceAim> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('to the reset', 'to 1 ms before the reset', 'to the next unit') },
  { weight: 4, arbitrary: fc.constantFrom(...names(ADVANCES)) },
  { weight: 2, arbitrary: fc.constantFrom({ ms: 0 }, { ms: 1 }) },
  { weight: 2, arbitrary: fc.record({ part: fc.integer({ min: 0, max: 2500 }) }) },
);

const advancesBack: fc.Arbitrary<AdvanceAim> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...names(STEPS_BACK)) },
  { weight: 1, arbitrary: fc.record({ part: fc.integer({ min: -2500, max: -1 }) }) },
  { weight: 1, arbitrary: fc.record({ ms: fc.integer({ min: -1100, max: -1 }) }) },
);

export function steps({
  back = false,
  forgetting = true,
  crowds = false,
  blocks = false,
  reservations = false,
  updates = false,
  own = false,
}: StepKinds): fc.Arbitrary<Step> {
  const key = fc.nat({ max: 99 });
  return fc.oneof(
    { weight: 10, arbitrary: fc.record({ call: fc.constantFrom('allow', 'check'), key, cost: costs }) },
    { weight: 2, arbitrary: fc.record({ call: fc.constant('peek'), key, cost: costs }) },
    { weight: 1, arbitrary: fc.record({ call: fc.constant('remaining'), key }) },
    { weight: 5, arbitrary: fc.record({ call: fc.constant('advance'), by: advancesForward }) },
    { weight: back ? 3 : 0, arbitrary: fc.record({ call: fc.constant('advance'), by: advancesBack }) },
    { weight: forgetting ? 2 : 0, arbitrary: fc.record({ call: fc.constant('reset'), key }) },
    { weight: forgetting ? 1 : 0, arbitrary: fc.record({ call: fc.constant('clear') }) },
    { weight: 1, arbitrary: fc.record({ call: fc.constant('cleanupExpired') }) },
    { weight: reservations ? 5 : 0, arbitrary: fc.record({ call: fc.constant('reserve'), key, cost: costs }) },
    {
      weight: own ? 8 : 0,
      arbitrary: fc.record({
        call: fc.constantFrom('allow', 'check', 'check', 'peek', reservations ? 'reserve' : 'check'),
        key,
        cost: costs,
        own: fc.record({
          limit: fc.option(limitAims, { nil: undefined }),
          others: fc.option(fc.array(costs, { minLength: 2, maxLength: 2 }), { nil: undefined }),
        }),
      }),
    },
    {
      weight: reservations ? 5 : 0,
      arbitrary: fc.record({
        call: fc.constant('settle'),
        open: fc.nat({ max: 99 }),
        part: fc.oneof(fc.constantFrom(0, 0, 500, 1000, 1001, 5000), fc.integer({ min: 0, max: 3_000_000 })),
      }),
    },
    {
      weight: updates ? 1 : 0,
      arbitrary: fc.record({
        call: fc.constant('update'),
        limit: limitAims,
        windowPart: fc.oneof(fc.constant(1000), fc.constantFrom(1, 100, 500, 2000), fc.integer({ min: 1, max: 2500 })),
      }),
    },
    { weight: crowds ? 2 : 0, arbitrary: crowdSteps },
    {
      weight: blocks ? 2 : 0,
      arbitrary: fc.record({ call: fc.constant('block'), key, part: fc.constantFrom(0, 1, 500, 1000, 1500) }),
    },
  ) as fc.Arbitrary<Step>;
}

/** Off and on again, a little more or less, and from numbers that JavaScript holds exactly to those that it can't. */
const limitAims: fc.Arbitrary<LimitAim> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom({ units: 0 }, { part: 1000 }) },
  { weight: 3, arbitrary: fc.record({ part: fc.integer({ min: 1, max: 3000 }) }) },
  { weight: 2, arbitrary: fc.record({ units: limits }) },
);

const crowdSteps = fc.record({
  call: fc.constant('crowd'),
  from: fc.nat({ max: 2000 }),
  count: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 20 }) },
    { weight: 1, arbitrary: fc.integer({ min: 500, max: 3000 }) },
  ),
});

function names<T extends object>(table: T): (keyof T)[] {
  return Object.keys(table) as (keyof T)[];
}
