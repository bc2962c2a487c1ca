import { denials } from './denials.js';
import { hits } from './hits.js';
import { outages } from './outages.js';
import { refunds } from './refunds.js';
import { resent } from './resent.js';
import type { Scene } from './scene.js';
import { short } from './short.js';
import { slots } from './slots.js';
import { steps } from './steps.js';
import { turns } from './turns.js';
import { values } from './values.js';

/** What one call at a time can't show: each throws where a rule is broken. */
export const SCENARIOS = {
  turns,
  short,
  steps,
  values,
  resent,
  denials,
  outages,
  slots,
  hits,
  refunds,
} satisfies Record<string, (scene: Scene) => Promise<void>>;

export type ScenarioName = keyof typeof SCENARIOS;
