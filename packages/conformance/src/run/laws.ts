import { safety } from '../laws/decisions/01-safety.js';
import { honestRetryAfter } from '../laws/decisions/02-retry-after.js';
import { deniedCalls } from '../laws/decisions/03-denied-calls.js';
import { peeking } from '../laws/decisions/04-peek.js';
import { batches } from '../laws/decisions/08-batches.js';
import { impossibleCosts } from '../laws/decisions/09-impossible-costs.js';
import { allOrNothing } from '../laws/decisions/14-all-or-nothing.js';
import { limitsOfCalls } from '../laws/decisions/23-limits-of-calls.js';
import { concurrency } from '../laws/engines/11-concurrency.js';
import { agreesWithModel } from '../laws/engines/16-differential.js';
import { statistics } from '../laws/engines/17-statistics.js';
import { snapshots } from '../laws/engines/21-snapshots.js';
import { refunds } from '../laws/holding/15-refunds.js';
import { waiting } from '../laws/holding/19-waiting.js';
import { liveChange } from '../laws/holding/20-live-change.js';
import { forgetting } from '../laws/memory/05-forgetting.js';
import { reclaiming } from '../laws/memory/06-reclaiming.js';
import { independence } from '../laws/memory/07-independence.js';
import { boundedMemory } from '../laws/memory/18-bounded-memory.js';
import { stepsBack } from '../laws/time/10-steps-back.js';
import { steadyReset } from '../laws/time/12-steady-reset.js';
import { noDrift } from '../laws/time/13-no-drift.js';
import { oneReading } from '../laws/time/22-one-reading.js';
import type { Law, LawNumber } from './law.js';

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
