import { type EngineFactory, ManualClock } from '@headgate/core-ts';
import { agreesWithModel, demandSamePlay } from '../laws/engines/16-differential.js';
import type { Law } from '../run/law.js';
import { readSettings, type VerifyOptions } from '../run/options.js';
import type { LawResult } from '../run/report.js';
import { runLaw } from '../run/run-law.js';
import { subjectOf } from '../run/subject.js';
import { limitsOf } from './scene.js';

/** Plays law 16's scenes on two engines, the second in the model's place, and compares every field. */
export async function differential(
  makeEngine: EngineFactory,
  makeOther: EngineFactory,
  options: Pick<VerifyOptions, 'runs' | 'seed'> & {
    /** For how few keys both have room: those that they evict have to be the same then. */
    readonly maxKeys?: number;
  } = {},
): Promise<LawResult> {
  const other = subjectOf(makeOther);
  const law: Law<Parameters<typeof agreesWithModel.print>[0]> = {
    ...agreesWithModel,
    name: 'differential between engines',
    sentence: 'Two engines give the same decisions on the same scene, field by field.',
    holds(subject, scene) {
      const clock = new ManualClock(scene.startMs);
      const spec = { ...limitsOf(scene), clock, maxKeys: options.maxKeys };
      demandSamePlay(scene, clock, subject.limiter(spec), other.limiter(spec));
    },
  };
  return runLaw(law as Law, subjectOf(makeEngine), readSettings(options));
}
