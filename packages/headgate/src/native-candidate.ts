import { BackendUnavailableError, type EngineFactory } from '@headgate/core-ts';

/** One thing that was tried for an engine, and why it was not taken; no `error`: it was. */
export interface Attempt {
  readonly what: string;
  readonly error?: string;
}

/** The native engine as found in this process. */
export interface NativeCandidate {
  readonly available: boolean;
  readonly tried: readonly Attempt[];
  /** @throws BackendUnavailableError where it is not available, with each thing that was tried. */
  readonly create: EngineFactory;
}

type NativeModule = typeof import('@headgate/core-native');

let candidate: NativeCandidate | undefined;

/** Looks for the native engine once, so that all limiters of a process get the same answer. Never throws. */
export function nativeCandidate(): NativeCandidate {
  candidate ??= find();
  return candidate;
}

function find(): NativeCandidate {
  const require = requireHere();
  if (require === undefined) return missing('this runtime has no Node modules (process.getBuiltinModule)');
  try {
    const native = require('@headgate/core-native') as NativeModule;
    const { available, tried } = native.nativeStatus();
    return available ? { available, tried, create: native.createNativeEngine } : unavailable(tried);
  } catch (error) {
    return missing(error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error));
  }
}

/**
 * A `require` that needs no import of a Node module, which would keep this package out of browsers: Node
 * has `process.getBuiltinModule` since 20.16 and 22.3, and so have Bun and Deno.
 */
function requireHere(): NodeJS.Require | undefined {
  const module = globalThis.process?.getBuiltinModule?.('node:module');
  return module?.createRequire(import.meta.url);
}

function missing(error: string): NativeCandidate {
  return unavailable([{ what: 'package @headgate/core-native', error }]);
}

/** The error is made here and not in core-native, whose copy of the class is another one under ESM. */
function unavailable(tried: readonly Attempt[]): NativeCandidate {
  const attempts = tried.map(({ what, error }) => `\n  - ${what}: ${error}`).join('');
  const message = `The native engine can't be loaded. Tried:${attempts}
Reinstall with optional dependencies (npm install --include=optional), build it from source with cargo, or use backend: 'ts' without a shared name, which it would count in each thread apart.`;
  return {
    available: false,
    tried,
    create() {
      throw new BackendUnavailableError(message);
    },
  };
}
