import { BackendUnavailableError, type EngineFactory } from '@headgate/core-ts';
import { find } from '#peers/native';
import { version } from '../../package.json';

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
  candidate ??= look();
  return candidate;
}

function look(): NativeCandidate {
  const found = find();
  if ('error' in found) return missing(firstLine(found.error));
  try {
    const native = found.module as NativeModule;
    if (native.version !== version) return missing(otherVersion(native.version));
    const { available, tried } = native.nativeStatus();
    return available ? { available, tried, create: native.createNativeEngine } : unavailableCandidate(tried);
  } catch (error) {
    return missing(firstLine(error));
  }
}

function otherVersion(its: string | undefined): string {
  return `its version is ${its ?? 'one that it does not tell'}, and that of headgate is ${version}`;
}

function firstLine(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
}

function missing(error: string): NativeCandidate {
  return unavailableCandidate([{ what: 'package @headgate/core-native', error }]);
}

/** Made here and not in core-native, which may not be there. */
function unavailableCandidate(tried: readonly Attempt[]): NativeCandidate {
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
