/**
 * A package that only some need, from where the application has it.
 *
 * @throws Error that says what to install, with the original as `cause`.
 */
export function loadPeer<T>(name: string, advice: string): T {
  try {
    const { createRequire } = process.getBuiltinModule('node:module'); // an import would keep other runtimes out
    return createRequire(import.meta.url)(name) as T;
  } catch (cause) {
    throw new Error(`headgate/metrics needs ${name}, which can't be loaded: ${advice}`, { cause });
  }
}
