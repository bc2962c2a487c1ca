import { fork } from 'node:child_process';
import { PEER_PACKAGES, PEERS } from '../candidates/peers.mjs';
import { besideIt } from '../cores.mjs';
import { Draw } from '../keys.mjs';
import { describeRun } from '../machine.mjs';
import { writeReport } from '../report/files.mjs';
import { heading, questionText } from '../report/text.mjs';
import { judge } from './judge.mjs';
import { planOf } from './plan.mjs';
import { CONTENDED_QUESTIONS, loadQuestion, QUESTIONS, QUICK_QUESTIONS } from './questions.mjs';
import { runQuestion, verifyCandidate } from './run-question.mjs';

/** What a quick run takes of time, on any machine: what has not begun by then is left out, by name. */
const QUICK_MS = 55_000;

/** Asks every question, prints a table for each, and writes the figures down. */
export async function measureQuestions(options) {
  const { quick, contended } = options;
  const endMs = quick ? performance.now() + QUICK_MS : Number.POSITIVE_INFINITY;
  const names = chosen(options);
  const seed = Number(options.seed);
  const run = { ...describeRun([...PEER_PACKAGES, 'tinybench']), quick, contended, seed };
  const draw = new Draw(seed);
  const peers = contended ? [] : quick ? QUICK_PEERS : Object.keys(PEERS);
  const unavailable = await verified();
  const marks = await marked(peers);
  console.log(heading(run, unavailable, marks));
  const walker = contended ? walk() : undefined;
  const questions = [];
  for (const [i, name] of names.entries()) {
    const nowMs = performance.now();
    if (nowMs >= endMs) break;
    const question = await loadQuestion(name);
    const candidates = question.candidates.filter(
      (each) => (each !== 'native' || unavailable === undefined) && (!(each in PEERS) || peers.includes(each)),
    );
    const untilMs = nowMs + (endMs - nowMs) / (names.length - i);
    const samples = await runQuestion({ name, plan: planOf(question, quick), candidates, draw, untilMs });
    const { title, note } = question;
    const answered = { name, title, note, metrics: judge(question, samples) };
    console.log(questionText(answered, unavailable));
    questions.push(answered);
  }
  walker?.kill();
  const left = QUESTIONS.filter((name) => !questions.some((each) => each.name === name));
  if (quick && options.only === undefined) console.log(`\nLeft out of a quick run: ${left.join(', ')}`);
  await writeReport({ ...run, unavailable, marks, questions }, options);
}

/** Those that a quick run has beside ours. */
const QUICK_PEERS = ['flexible', 'express'];

/** Another process that walks through 64 MB of memory, so that candidates find little in the caches that they share. */
function walk() {
  return fork(new URL('./walk.mjs', import.meta.url), besideIt);
}

/** Ends the run where a candidate is wrong; answers why the native engine can't take part. */
async function verified() {
  for (const candidate of ['floor', 'ts']) await mustBeRight(candidate);
  return mustBeRight('native');
}

/** What peers do otherwise than they were asked: their figures are marked with it. */
async function marked(peers) {
  const marks = {};
  for (const peer of peers) {
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

function chosen({ only, quick, contended }) {
  if (only === undefined) return contended ? CONTENDED_QUESTIONS : quick ? QUICK_QUESTIONS : QUESTIONS;
  const names = only.split(',');
  const unknown = names.filter((name) => !QUESTIONS.includes(name));
  if (unknown.length > 0) throw new RangeError(`no question ${unknown}; there are ${QUESTIONS.join(', ')}`);
  return names;
}
