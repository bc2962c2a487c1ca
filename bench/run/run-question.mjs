import { fork } from 'node:child_process';
import { once } from 'node:events';
import { PEERS } from '../candidates/peers.mjs';
import { onAnyCore, onOneCore } from '../cores.mjs';

const CHILD = new URL('./child.mjs', import.meta.url);

/**
 * Measures one question: a process per candidate, and in each round every candidate once, in an order
 * drawn anew. Only one of them works at a time. After `untilMs` no further round begins.
 *
 * @param {{ name: string, plan: import('./plan.mjs').Plan, candidates: string[], draw: import('../keys.mjs').Draw, untilMs?: number }} run
 * @returns {Promise<Record<string, object[]>>} for each candidate its samples, by round
 */
export async function runQuestion({ name, plan, candidates, draw, untilMs = Number.POSITIVE_INFINITY }) {
  const samples = Object.fromEntries(candidates.map((candidate) => [candidate, []]));
  for (let generation = 0; generation < plan.processes; generation++) {
    const children = {};
    try {
      const present = candidates.filter((candidate) => !(candidate in PEERS) || generation < plan.peerProcesses);
      for (const candidate of present) children[candidate] = await start(name, candidate, plan);
      for (let round = 0; round < plan.rounds && (round === 0 || performance.now() < untilMs); round++) {
        for (const candidate of draw.shuffled(present)) {
          samples[candidate].push(await measure(children[candidate]));
          if (plan.alone) children[candidate].kill();
        }
      }
    } finally {
      for (const child of Object.values(children)) child.kill();
    }
  }
  return samples;
}

async function start(name, candidate, plan) {
  const child = launch(name, candidate, plan);
  await answer(child);
  return child;
}

async function measure(child) {
  child.send('measure');
  const { sample } = await answer(child);
  return sample;
}

/** Whether a candidate decides as it should; why not in `wrong`, or why it can't run in `unavailable`. */
export async function verifyCandidate(candidate) {
  const child = launch('verify', candidate, { rounds: 1 });
  const verdict = await answer(child);
  child.kill();
  return verdict;
}

function launch(name, candidate, plan) {
  const how = plan.rounds > 1 && !plan.anyCore ? onOneCore : onAnyCore;
  const execArgv = [...how.execArgv, ...(plan.flags ?? [])];
  const child = fork(CHILD, [name, candidate, JSON.stringify(plan)], { ...how, execArgv });
  child.label = `${name}, ${candidate}`;
  return child;
}

async function answer(child) {
  const answered = new AbortController();
  const { signal } = answered;
  const ended = once(child, 'exit', { signal }).then(([status]) => {
    throw new Error(`${child.label}: its process ended with status ${status}`);
  });
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    return message;
  } finally {
    answered.abort(); // takes the other listener away
  }
}
