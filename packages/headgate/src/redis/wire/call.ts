import type { Policy, Units } from '@headgate/core-ts';
import type { RemoteDecision, RemoteReserved } from '../limiter/remote-engine.js';

interface OfKey {
  readonly key: string;
  readonly by?: readonly Policy[] | undefined;
}

interface WithCost extends OfKey {
  readonly cost: Units;
}

/** One call on an engine, as it waits for its turn. */
export type Call =
  | (WithCost & { readonly kind: 'allow' })
  | (WithCost & { readonly kind: 'check' })
  | (WithCost & { readonly kind: 'peek' })
  | (WithCost & { readonly kind: 'reserve' })
  | (OfKey & {
      readonly kind: 'settle';
      readonly number: number;
      readonly estimate: Units;
      readonly actual: Units;
    })
  | (OfKey & {
      readonly kind: 'lease';
      readonly most: number;
      readonly parts: number;
    })
  | (OfKey & { readonly kind: 'block'; readonly ms: number })
  | (OfKey & { readonly kind: 'reset' });

/** All but a lease: what an outage decides too. */
export type Decidable = Exclude<Call, { readonly kind: 'lease' }>;

/** What came of asking for a lease: units, 0 where there are too few, or why the server did not answer. */
export type Granted =
  | { readonly units: number; readonly number: number; readonly decision: RemoteDecision }
  | { readonly reason: unknown };

/** What each kind of call is answered. */
export type Answer = boolean | RemoteDecision | RemoteReserved | Granted;

/** A call with the promise of its answer. */
export interface Pending {
  readonly call: Call;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}
