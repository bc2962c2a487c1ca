import { fileURLToPath } from 'node:url';

const folder = new URL('../../../../scripts/', import.meta.url);

/** The folder whose scripts, which have no types, are used by tests. */
export const scripts = fileURLToPath(folder);

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
type Environment = Readonly<Record<string, string | undefined>>;

interface Scripts {
  packInto(folder: string, names: readonly string[]): readonly string[];
  unpackInto(project: string, tarballs: readonly string[]): readonly Manifest[];
  readonly DAMAGES: readonly { readonly name: string }[];
  assertGoesOn(damage: unknown, project: string, platform: string | undefined, env: Environment): string;
  run(
    command: string,
    args: readonly string[],
    cwd: string,
    env: Environment,
  ): { readonly status: number | null; readonly stdout: string; readonly output: string };
}

export const { packInto, unpackInto, DAMAGES, assertGoesOn, run } = {
  ...(await import(new URL('packed/pack.mjs', folder).href)),
  ...(await import(new URL('installs/damages.mjs', folder).href)),
  ...(await import(new URL('installs/damaged.mjs', folder).href)),
  ...(await import(new URL('checks.mjs', folder).href)),
} as Scripts;
