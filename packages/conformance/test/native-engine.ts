import { fileURLToPath } from 'node:url';
import type { EngineFactory } from '@headgate/core-ts';

/** The build that worker threads import; they run no sources. */
export const nativeModule = fileURLToPath(new URL('../../core-native/dist/index.cjs', import.meta.url));

export interface NativeEngine {
  readonly createNativeEngine: EngineFactory | undefined;
  /** Why there is none; empty when there is. */
  readonly reason: string;
}

/** The native engine where it is built. With `CI=true` a missing build is an error. */
export async function findNativeEngine(): Promise<NativeEngine> {
  const { CI } = process.env;
  const native = await load();
  if (native.createNativeEngine === undefined && CI === 'true') {
    throw new Error(`with CI=true the native engine must be built: ${native.reason}`);
  }
  return native;
}

async function load(): Promise<NativeEngine> {
  try {
    const { createNativeEngine, nativeStatus } = await import(nativeModule);
    const { available } = nativeStatus();
    if (available) return { createNativeEngine, reason: '' };
    return { createNativeEngine: undefined, reason: 'no native binary runs here' };
  } catch (error) {
    return { createNativeEngine: undefined, reason: String(error) };
  }
}
