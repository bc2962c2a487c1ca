// One candidate at one question, in a process of its own: prepares, then measures once per message.
import { CANDIDATES, whyNoNative } from './candidates/index.mjs';
import { verify } from './verify.mjs';

const [name, candidate, plan] = process.argv.slice(2);
const { make } = CANDIDATES[candidate];

if (name === 'verify') {
  process.send(answerOf(() => verifyCandidate()));
} else {
  const { question } = await import(`./questions/${name}.mjs`);
  const { timeMs, rounds } = JSON.parse(plan);
  const measure = question.prepare(make, { candidate, timeMs });
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

function verifyCandidate() {
  const unavailable = candidate === 'native' ? whyNoNative() : undefined;
  if (unavailable === undefined) verify(make);
  return { unavailable };
}

function answerOf(act) {
  try {
    return act();
  } catch (error) {
    return { wrong: error.message };
  }
}
