/** What shows that a process is one of several that do the same. */
export interface ProcessSigns {
  /** `node:cluster` forked it. */
  readonly isWorker: boolean;
  /** PM2 tells its processes by `pm_id` and, where it was asked for more than one, their number in `instances`. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How it is one of several; `undefined` where nothing says so. */
export function oneOfSeveral({ isWorker, env }: ProcessSigns): string | undefined {
  if (env.pm_id !== undefined) {
    const isAlone = env.instances === undefined ? !(Number(env.NODE_APP_INSTANCE) > 0) : env.instances === '1';
    return isAlone ? undefined : 'an instance of PM2';
  }
  return isWorker ? 'a cluster worker' : undefined;
}

/** Of the process, however many limiters it has: each would say the same. */
let warnedOnce = false;

/** Says once that processes count apart. A runtime without `process` has nothing to say. */
export function clusterWarning(warn: (message: string) => void): void {
  if (warnedOnce) return;
  const how = oneOfSeveral(signs());
  if (how === undefined) return;
  warnedOnce = true;
  warn(
    `headgate: this process is ${how}, and each process counts for itself, so together they admit as many times the limit as there are of them. Give them a limiter on Redis (headgate/redis), divide the limit by their number, or give all requests of a client to one process.`,
  );
}

/** Who may not read the environment, as in Deno without `--allow-env`, sees nothing in it. */
function signs(): ProcessSigns {
  try {
    const { process } = globalThis;
    const cluster = process?.getBuiltinModule?.('node:cluster') as { readonly isWorker?: boolean } | undefined;
    return { isWorker: cluster?.isWorker === true, env: { ...process?.env } };
  } catch {
    return { isWorker: false, env: {} };
  }
}
