import type { Law, LawNumber } from './law.js';
import { safety } from './laws/01-safety.js';
import { honestRetryAfter } from './laws/02-retry-after.js';
import { deniedCalls } from './laws/03-denied-calls.js';
import { peeking } from './laws/04-peek.js';
import { forgetting } from './laws/05-forgetting.js';
import { reclaiming } from './laws/06-reclaiming.js';
import { independence } from './laws/07-independence.js';
import { batches } from './laws/08-batches.js';
import { impossibleCosts } from './laws/09-impossible-costs.js';
import { stepsBack } from './laws/10-steps-back.js';
import { concurrency } from './laws/11-concurrency.js';
import { steadyReset } from './laws/12-steady-reset.js';
import { noDrift } from './laws/13-no-drift.js';
import { allOrNothing } from './laws/14-all-or-nothing.js';
import { refunds } from './laws/15-refunds.js';
import { agreesWithModel } from './laws/16-differential.js';
import { statistics } from './laws/17-statistics.js';
import { boundedMemory } from './laws/18-bounded-memory.js';
import { waiting } from './laws/19-waiting.js';
import { liveChange } from './laws/20-live-change.js';
import { snapshots } from './laws/21-snapshots.js';
import { oneReading } from './laws/22-one-reading.js';
import { limitsOfCalls } from './laws/23-limits-of-calls.js';

/** Every law, in the order of docs/semantics.md. A new law is an entry here. */
export const LAWS: readonly Law[] = [
  safety,
  honestRetryAfter,
  deniedCalls,
  peeking,
  forgetting,
  reclaiming,
  independence,
  batches,
  impossibleCosts,
  stepsBack,
  concurrency,
  steadyReset,
  noDrift,
  allOrNothing,
  refunds,
  agreesWithModel,
  statistics,
  boundedMemory,
  waiting,
  liveChange,
  snapshots,
  oneReading,
  limitsOfCalls,
] as Law[];

/** @throws RangeError when the number is none of a law. */
export function lawOf(number: LawNumber): Law {
  const law = LAWS.find((each) => each.number === number);
  if (law !== undefined) return law;
  throw new RangeError(`there is no law ${number} here: the laws are ${LAWS.map((each) => each.number).join(', ')}`);
}
