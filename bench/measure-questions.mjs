import { PEER_PACKAGES, PEERS } from './candidates/peers.mjs';
import { judge } from './judge.mjs';
import { Draw } from './keys.mjs';
import { describeRun } from './machine.mjs';
import { planOf } from './plan.mjs';
import { QUESTIONS } from './questions.mjs';
import { writeReport } from './report/files.mjs';
import { heading, questionText } from './report/text.mjs';
import { runQuestion, verifyCandidate } from './run-question.mjs';

/** Asks every question, prints a table for each, and writes the figures down. */
export async function measureQuestions(options) {
  const names = chosen(options.only);
  const run = {
    ...describeRun([...PEER_PACKAGES, 'tinybench']),
    quick: options.quick,
    seed: Number(options.seed),
  };
  const draw = new Draw(run.seed);
  const unavailable = await verified();
  const marks = await marked();
  console.log(heading(run, unavailable, marks));
  const questions = [];
  for (const name of names) {
    const { question } = await import(`./questions/${name}.mjs`);
    const candidates = question.candidates.filter((name) => name !== 'native' || unavailable === undefined);
    const samples = await runQuestion({ name, plan: planOf(question, options.quick), candidates, draw });
    const { title, note } = question;
    const answered = { name, title, note, metrics: judge(question, samples) };
    console.log(questionText(answered, unavailable));
    questions.push(answered);
  }
  await writeReport({ ...run, unavailable, marks, questions }, options);
}

/** Ends the run where a candidate is wrong; answers why the native engine can't take part. */
async function verified() {
  for (const candidate of ['floor', 'ts']) await mustBeRight(candidate);
  return mustBeRight('native');
}

/** What peers do otherwise than they were asked: their figures are marked with it. */
async function marked() {
  const marks = {};
  for (const peer of Object.keys(PEERS)) {
    const { wrong } = await verifyCandidate(peer);
    if (wrong !== undefined) marks[peer] = wrong;
  }
  return marks;
}

async function mustBeRight(candidate) {
  const { wrong, unavailable } = await verifyCandidate(candidate);
  if (wrong !== undefined) throw new Error(`${candidate} is not measured, since ${wrong}`);
  return unavailable;
}

function chosen(only) {
  if (only === undefined) return QUESTIONS;
  const names = only.split(',');
  const unknown = names.filter((name) => !QUESTIONS.includes(name));
  if (unknown.length > 0) throw new RangeError(`no question ${unknown}; there are ${QUESTIONS.join(', ')}`);
  return names;
}
