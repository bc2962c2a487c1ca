import { BackendUnavailableError, createMapEngine, type EngineFactory, type EngineSpec, show } from '@headgate/core-ts';
import { type Attempt, nativeCandidate } from './native-candidate.js';

/** Which engine to use: `'auto'` takes native where it runs and TypeScript elsewhere. */
export type Backend = 'auto' | 'native' | 'ts';

/** An engine that headgate may choose, and what was found when it was looked for. */
export interface Candidate {
  readonly name: 'native' | 'ts';
  readonly available: boolean;
  /** What was tried in this process, in order; an entry without `error` is the one that was taken. */
  readonly tried: readonly Attempt[];
}

interface Choice extends Candidate {
  readonly create: EngineFactory;
}

const ts: Choice = {
  name: 'ts',
  available: true,
  tried: [{ what: '@headgate/core-ts' }],
  create: createMapEngine,
};

/** In the order of preference. */
function choices(): readonly Choice[] {
  return [{ name: 'native', ...nativeCandidate() }, ts];
}

/** Each engine that could be chosen, best first, with what was tried for it and why it was not taken. */
export function backends(): readonly Candidate[] {
  return choices().map(({ name, available, tried }) => ({ name, available, tried }));
}

/**
 * Makes engines of the wanted backend, or of the first that can do what the spec asks for.
 *
 * @throws RangeError for a backend that there is none of.
 */
export function chooseEngine(backend: unknown): EngineFactory {
  const wanted = readBackend(backend);
  if (wanted === 'ts') return createMapEngine;
  if (wanted === 'native') return nativeCandidate().create;
  return createFirstAvailable;
}

/** Falls back on `BackendUnavailableError` alone; anything else is the user's to see. */
function createFirstAvailable(spec: EngineSpec) {
  const reasons: string[] = [];
  for (const { create } of choices()) {
    try {
      return create(spec);
    } catch (error) {
      if (!(error instanceof BackendUnavailableError)) throw error;
      reasons.push(error.message);
    }
  }
  throw new BackendUnavailableError(reasons.reverse().join('\n'));
}

/** The option wins over `HEADGATE_BACKEND`, and an empty variable is none. */
function readBackend(option: unknown): Backend {
  const variable = globalThis.process?.env?.['HEADGATE_BACKEND'];
  const [name, value] = option === undefined ? ['HEADGATE_BACKEND', variable || 'auto'] : ['backend', option];
  if (value === 'auto' || value === 'native' || value === 'ts') return value;
  throw new RangeError(`${name} must be 'auto', 'native' or 'ts', got ${show(value)}`);
}
