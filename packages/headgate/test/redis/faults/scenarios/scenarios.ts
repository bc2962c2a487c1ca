import type { Redis } from 'ioredis';
import type * as Subject from '../subject.js';
import { denials } from './denials.js';
import { hits } from './hits.js';
import { outages } from './outages.js';
import { resent } from './resent.js';
import { slots } from './slots.js';
import { steps } from './steps.js';
import { turns } from './turns.js';
import { values } from './values.js';

/** What a scenario is played with: the limiter, and a client of a server that is empty. */
export interface Scene {
  readonly subject: typeof Subject;
  readonly direct: Redis;
}

/** What one call at a time can't show: each throws where a rule is broken. */
export const SCENARIOS = { turns, steps, values, resent, denials, outages, slots, hits } satisfies Record<
  string,
  (scene: Scene) => Promise<void>
>;

export type ScenarioName = keyof typeof SCENARIOS;

/** No scenario is about how long a server takes. */
export const PATIENT = { deadlineMs: 60_000, onOutage: 'throw' } as const;
