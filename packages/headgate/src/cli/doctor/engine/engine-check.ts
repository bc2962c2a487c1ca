import type { Candidate } from '../../../index.js';
import type { Finding } from '../finding.js';
import { causeOf } from './missing-native.js';

/** Which engine `backend: 'auto'` takes, why, and what would change it. `folder`: that of headgate. */
export function checkEngine(candidates: readonly Candidate[], asked: string, folder: string, version: string): Finding {
  const about = 'engine';
  const native = candidates.find(({ name }) => name === 'native');
  if (!['', 'auto', 'native', 'ts'].includes(asked))
    return {
      about,
      state: 'broken',
      found: `HEADGATE_BACKEND is ${JSON.stringify(asked)}, which is no engine: each limiter throws`,
      advice: "Say 'auto', 'native' or 'ts', or nothing.",
    };
  if (asked === 'ts') {
    const there = native?.available === true ? 'native would run here too' : 'native would not run here';
    return { about, state: 'ok', found: `TypeScript, since HEADGATE_BACKEND says so; ${there}` };
  }
  if (native?.available === true) {
    const taken = native.tried.find(({ error }) => error === undefined)?.what;
    return {
      about,
      state: 'ok',
      found: `native, from ${taken}${asked === 'native' ? '' : inBun()}`,
      advice: "HEADGATE_BACKEND=ts, or backend: 'ts', takes TypeScript.",
    };
  }
  const { cause, advice } = causeOf(native?.tried ?? [], folder, version);
  if (asked === 'native')
    return {
      about,
      state: 'broken',
      found: `HEADGATE_BACKEND asks for native, and each limiter throws: ${cause}`,
      advice,
    };
  const isExpected = cause.startsWith('no binary is published');
  return {
    about,
    state: isExpected ? 'note' : 'mend',
    found: `TypeScript, since native can't be loaded: ${cause}`,
    advice,
  };
}

/** Where `'auto'` takes TypeScript although native runs. */
function inBun(): string {
  return 'Bun' in globalThis ? '; TypeScript for limiters of few keys, which is faster in Bun' : '';
}
