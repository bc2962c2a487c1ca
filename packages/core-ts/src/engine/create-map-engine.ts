import type { Engine, EngineSpec } from '../contract.js';
import { BackendUnavailableError } from '../errors.js';
import { show } from '../show.js';
import { MapEngine } from './map-engine.js';

/**
 * The engine in TypeScript, for any runtime. It keeps one heap: what `shared` asks for, it can't do.
 *
 * @throws BackendUnavailableError when the spec has a shared name.
 */
export function createMapEngine(spec: EngineSpec): Engine {
  if (spec.shared !== undefined) {
    throw new BackendUnavailableError(
      `shared: ${show(spec.shared)} needs the native engine: the TypeScript engine would count in each thread apart and admit the limit once per thread`,
    );
  }
  return new MapEngine(spec);
}
