import type { Found } from '#peers/native';

/**
 * A package that only some need, as the application has it.
 *
 * @throws Error that says what to install, with the original as `cause`.
 */
export function demand<T>(found: Found, name: string, needs: string, advice = `npm install ${name}`): T {
  if ('module' in found) return found.module as T;
  throw new Error(`${needs} needs ${name}, which can't be loaded: ${advice}`, { cause: found.error });
}
