import { createMapEngine, type EngineFactory, show } from '@headgate/core-ts';
import { type Attempt, nativeCandidate } from './native-candidate.js';

/**
 * Which engine to use: `'auto'` takes native where it runs, TypeScript elsewhere, and TypeScript too in Bun for a limiter
 * of at most 1,000 keys: there, a call of the native engine takes 1.2 to 1.4 times as long (`bun bench/runtimes.mjs`).
 */
export type Backend = 'auto' | 'native' | 'ts';

/** An engine that headgate may choose, and what was found when it was looked for. */
export interface Candidate {
  readonly name: 'native' | 'ts';
  readonly available: boolean;
  /** What was tried in this process, in order; an entry without `error` is the one that was taken. */
  readonly tried: readonly Attempt[];
}

/** Up to so many keys TypeScript is faster in Bun; with 10,000 it takes 1.6 times as long. */
const FEW_KEYS = 1_000;

/** Each engine that could be chosen, best first, with what was tried for it and why it was not taken. */
export function backends(): readonly Candidate[] {
  const { available, tried } = nativeCandidate();
  return [
    { name: 'native', available, tried },
    { name: 'ts', available: true, tried: [{ what: '@headgate/core-ts' }] },
  ];
}

/**
 * What makes the engines of a backend. `'auto'` falls back on TypeScript only where that does the same:
 * a shared name is left to the native candidate, which says why it is not there.
 *
 * @throws RangeError for a backend that there is none of.
 */
export function chooseEngine(backend: unknown): EngineFactory {
  const wanted = readBackend(backend);
  if (wanted === 'ts') return createMapEngine;
  const native = nativeCandidate();
  if (wanted === 'native') return native.create;
  const isBun = 'Bun' in globalThis;
  return (spec) => {
    const isFaster = native.available && !(isBun && spec.maxKeys <= FEW_KEYS);
    return isFaster || spec.shared !== undefined ? native.create(spec) : createMapEngine(spec);
  };
}

/** The option wins over `HEADGATE_BACKEND`, and an empty variable is none. */
function readBackend(option: unknown): Backend {
  const [name, value] = option === undefined ? ['HEADGATE_BACKEND', fromEnvironment() || 'auto'] : ['backend', option];
  if (value === 'auto' || value === 'native' || value === 'ts') return value;
  throw new RangeError(`${name} must be 'auto', 'native' or 'ts', got ${show(value)}`);
}

/** A variable that may not be read says nothing: Deno throws without `--allow-env`. */
function fromEnvironment(): string | undefined {
  try {
    return globalThis.process?.env?.HEADGATE_BACKEND;
  } catch {
    return undefined;
  }
}
