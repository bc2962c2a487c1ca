// One candidate at one question, in a process of its own: prepares, then measures once per message.
import { loadMake, whyNoNative } from '../candidates/index.mjs';
import { PEERS } from '../candidates/peers.mjs';
import { loadQuestion } from './questions.mjs';
import { verify } from './verify.mjs';

const [name, candidate, plan] = process.argv.slice(2);

if (name === 'verify') {
  process.send(await verdict());
} else {
  const make = await loadMake(candidate);
  const question = await loadQuestion(name);
  const { timeMs, rounds } = JSON.parse(plan);
  const measure = await question.prepare(make, { candidate, timeMs, isPeer: candidate in PEERS });
  if (rounds > 1) await warmUp(measure);
  process.on('message', async () => process.send({ sample: await measure() }));
  process.send({ ready: true });
}

/** Measures for nothing until the compiler has seen enough. */
async function warmUp(measure) {
  const startMs = performance.now();
  do await measure();
  while (performance.now() - startMs < 150);
}

async function verdict() {
  const unavailable = candidate === 'native' ? whyNoNative() : undefined;
  if (unavailable !== undefined) return { unavailable };
  try {
    return { wrong: await verify(await loadMake(candidate), { isPeer: candidate in PEERS }) };
  } catch (error) {
    return { wrong: error.message };
  }
}
