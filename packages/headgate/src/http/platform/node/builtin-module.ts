interface Builtins {
  readonly 'node:crypto': typeof import('node:crypto');
  readonly 'node:diagnostics_channel': typeof import('node:diagnostics_channel');
}

/**
 * A module of Node's by a call that it must have, where this runtime has it; asked of the process, since an import
 * would keep this package out of other runtimes. Next.js's edge runtime has a `getBuiltinModule` that throws, and
 * some have one that answers nothing, or an object without the call.
 */
export function builtinModule<N extends keyof Builtins>(name: N, call: keyof Builtins[N]): Builtins[N] | undefined {
  try {
    const module = globalThis.process?.getBuiltinModule?.(name) as Builtins[N] | null | undefined;
    return typeof module?.[call] === 'function' ? module : undefined;
  } catch {
    return undefined;
  }
}
