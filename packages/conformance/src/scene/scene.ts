import {
  type CallLimit,
  type Cost,
  type Policy,
  type PolicyChanges,
  type RateLimiterOptions,
  show,
} from '@headgate/core-ts';

// A scene is a limiter's policies, where its clock starts, and what is done to both, step by step. What came of it, the
// answer to each of those steps, is its trace: `traceOf` in play.ts plays a scene and answers that.

/** One step of a scene: a thing done to a limiter or to its clock, with all numbers known. */
export type Operation =
  | {
      readonly call: 'allow' | 'check' | 'peek' | 'reserve';
      readonly key: string;
      readonly cost: number;
      /** In the place of `cost`: what each of several policies is charged. */
      readonly costs?: Readonly<Record<string, number>>;
      /** In the place of the policies' own. */
      readonly limit?: CallLimit;
    }
  | { readonly call: 'remaining' | 'reset'; readonly key: string }
  | { readonly call: 'block'; readonly key: string; readonly ms: number }
  /** Of the reservation that was made as the first one, the second one, and so on, from 0. */
  | { readonly call: 'settle'; readonly reservation: number; readonly actual: Cost }
  /** To these policies, which have the same names and algorithms. */
  | { readonly call: 'update'; readonly policies: readonly Policy[] }
  | { readonly call: 'clear' | 'cleanupExpired' }
  | { readonly call: 'advance'; readonly ms: number }
  /** One unit of each of `count` keys that nothing else names, numbered from `from`. */
  | { readonly call: 'crowd'; readonly from: number; readonly count: number };

/** What a law is tried on, from the first step to the last. */
export interface Scene {
  /** The first policy, by which numbers are chosen. */
  readonly policy: Policy;
  /** Further ones, where a limiter has several. */
  readonly others?: readonly Policy[];
  readonly startMs: number;
  readonly operations: readonly Operation[];
}

export function policiesOf({ policy, others = [] }: Scene): readonly Policy[] {
  return [policy, ...others];
}

/** The options that make a limiter of these policies. */
export function limitsOf(scene: Scene): RateLimiterOptions {
  return {
    limits: policiesOf(scene).map(({ burst, blockForMs, ...policy }) => ({
      ...policy,
      ...(burst === policy.limit ? {} : { burst }),
      ...(blockForMs === 0 ? {} : { blockForMs }),
    })),
  };
}

/** The options that update a limiter to these policies. */
export function changesTo(policies: readonly Policy[]): PolicyChanges {
  return {
    limits: policies.map(({ name, algorithm, limit, windowMs, burst, blockForMs }) => {
      return { name, limit, windowMs, blockForMs, ...(algorithm === 'token-bucket' && limit > 0 ? { burst } : {}) };
    }),
  };
}

/** The keys that the operations name, each once; those of crowds only when asked for. */
export function keysOf({ operations }: Scene, crowds = false): string[] {
  const keys = new Set<string>();
  for (const operation of operations) {
    if ('key' in operation) keys.add(operation.key);
    if (crowds && operation.call === 'crowd') for (const key of crowdKeys(operation)) keys.add(key);
  }
  return [...keys];
}

export function* crowdKeys({ from, count }: { from: number; count: number }): Generator<string> {
  for (let i = from; i < from + count; i++) yield `crowd ${i}`;
}

/** A scene as a numbered list that a person can type in again. */
export function printScene(scene: Scene): string {
  const { startMs, operations } = scene;
  const lines = operations.map((operation, i) => `  ${i + 1}. ${printOperation(operation)}`);
  return [...policiesOf(scene).map(printPolicy), `clock from ${startMs}`, ...lines].join('\n');
}

export function printPolicy({ name, algorithm, limit, windowMs, burst, blockForMs }: Policy): string {
  return `${name}: ${algorithm}, limit ${limit}, windowMs ${windowMs}, burst ${burst}, blockForMs ${blockForMs}`;
}

export function printOperation(operation: Operation): string {
  switch (operation.call) {
    case 'advance':
      return `advance(${operation.ms})`;
    case 'crowd':
      return `crowd(${operation.count} keys from ${operation.from})`;
    case 'clear':
    case 'cleanupExpired':
      return `${operation.call}()`;
    case 'settle':
      return `reservation ${operation.reservation}: commit(${JSON.stringify(operation.actual)})`;
    case 'update':
      return `update(${operation.policies.map(printPolicy).join(' | ')})`;
    case 'block':
      return `block(${printKey(operation.key)}, ${operation.ms})`;
    case 'remaining':
    case 'reset':
      return `${operation.call}(${printKey(operation.key)})`;
    default: {
      const { call, key, cost, costs, limit } = operation;
      const by = limit === undefined ? '' : `, { limit: ${JSON.stringify(limit)} }`;
      return `${call}(${printKey(key)}, ${costs === undefined ? cost : JSON.stringify(costs)}${by})`;
    }
  }
}

export function printKey(key: string): string {
  return key.length > 60 ? `${show(key)} (${key.length} units, ends in ${show(key.slice(-8))})` : show(key);
}
