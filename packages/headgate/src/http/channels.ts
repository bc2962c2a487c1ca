import type { Cost, Decision } from '@headgate/core-ts';
import { builtinModule } from './platform/node/builtin-module.js';

/** One decision on one request, as subscribers to `headgate:decision` get it. */
export interface DecisionEvent {
  /** The names of the limiter's policies, joined by `, `. */
  readonly limiter: string;
  readonly key: string;
  readonly cost: Cost;
  /** `degraded` where a limiter on a server decided without it. */
  readonly decision: Decision & { readonly degraded?: true | undefined };
  /** The denial was not enforced. */
  readonly dryRun: boolean;
  /** What deciding took, in milliseconds. */
  readonly tookMs: number;
}

/** An error of an engine, as subscribers to `headgate:engine-error` get it. */
export interface EngineErrorEvent {
  readonly limiter: string;
  readonly error: unknown;
}

/** A request that nothing could decide on and that was let through, as subscribers to `headgate:let-through` get it. */
export interface LetThroughEvent {
  readonly limiter: string;
  /** What failed: `'engine'`, or the option that did: `'key'`, `'cost'`, `'limit'` or `'skip'`. */
  readonly because: string;
  readonly error: unknown;
  /** Whether that was for the dry run; otherwise it was by `onEngineError: 'open'`. */
  readonly dryRun: boolean;
}

/** The part of Node's `diagnostics_channel` that is used here. */
export interface Channel<T> {
  readonly hasSubscribers: boolean;
  publish(message: T): void;
  subscribe(subscriber: (message: T) => void): void;
  unsubscribe(subscriber: (message: T) => void): void;
}

export const decisions: Channel<DecisionEvent> = channel('headgate:decision');
export const engineErrors: Channel<EngineErrorEvent> = channel('headgate:engine-error');
export const letThrough: Channel<LetThroughEvent> = channel('headgate:let-through');

/** The name that events know a limiter by. */
export function nameOf(policies: readonly { readonly name: string }[]): string {
  return policies.length === 1
    ? (policies[0] as { readonly name: string }).name
    : policies.map(({ name }) => name).join(', ');
}

/** Node's own, which has one channel per name in a process; where there are none, one of the same shape. */
function channel<T>(name: string): Channel<T> {
  const node = builtinModule('node:diagnostics_channel', 'channel');
  if (node !== undefined) return node.channel(name) as unknown as Channel<T>;
  const all = globalThis as unknown as Record<symbol, Channel<T> | undefined>;
  const known = all[Symbol.for(name)] ?? ownChannel<T>();
  all[Symbol.for(name)] = known;
  return known;
}

function ownChannel<T>(): Channel<T> {
  const subscribers = new Set<(message: T) => void>();
  return {
    get hasSubscribers() {
      return subscribers.size > 0;
    },
    publish(message) {
      for (const subscriber of subscribers) subscriber(message);
    },
    subscribe: (subscriber) => subscribers.add(subscriber),
    unsubscribe: (subscriber) => subscribers.delete(subscriber),
  };
}
