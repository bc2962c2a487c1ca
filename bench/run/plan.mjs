/**
 * How often a question is asked: in so many processes per candidate, so many rounds in each.
 *
 * A shared machine changes its speed by half for a second or so. Rounds much shorter than that compare
 * candidates at one speed, and there are many, so that the median ratio is not of the rounds that straddle.
 *
 * `peerProcesses`: of those, in how many the peers take part. `alone`: a process ends once it has answered.
 *
 * @typedef {{ processes: number, peerProcesses: number, rounds: number, timeMs: number, anyCore?: boolean,
 *   alone?: boolean, flags?: string[] }} Plan
 */
const FULL = { processes: 3, peerProcesses: 1, rounds: 10, timeMs: 25 };
const QUICK = { processes: 1, peerProcesses: 1, rounds: 5, timeMs: 15 };

/** The question's own plan goes before: where a process can be asked but once, it takes many processes. */
export function planOf(question, quick) {
  return quick ? { ...QUICK, ...question.quick } : { ...FULL, ...question.full };
}
