import type { Decision, Policy, Reserved, Stats, Units } from '@headgate/core-ts';
import type { RemoteHits } from '../hits/remote-hits.js';
import type { EngineInspection } from '../inspect/inspection.js';

/** A decision of a limiter whose state is elsewhere. */
export interface RemoteDecision extends Decision {
  /** `true` where it was made without the server, by the `onOutage` that was asked for. */
  readonly degraded?: true;
}

/** What came of the calls of this process. The keys are on the server: of those `activeKeys`, `evictions` and `rejectedFull` say 0. */
export interface RemoteStats extends Stats {
  /** Decisions that were made without the server; they count among the others too. */
  readonly degraded: number;
  /** Whether calls are decided without the server now. */
  readonly isDegraded: boolean;
}

/** What was reserved. */
export interface RemoteReserved extends Reserved {
  readonly decision: RemoteDecision;
}

/** What a remote engine is made from; all numbers are checked. */
export interface RemoteSpec {
  readonly policies: readonly Policy[];
}

/**
 * Keeps everything for one limiter, and answers promises: `Engine` of `@headgate/core-ts`, call by call, for a state that
 * is elsewhere. Calls are decided in the order in which they were made.
 */
export interface RemoteEngine {
  /** What `limiter.backend` says. */
  readonly backend: string;
  readonly policies: readonly Policy[];
  allow(key: string, cost: Units, by?: readonly Policy[]): Promise<boolean>;
  check(key: string, cost: Units, by?: readonly Policy[]): Promise<RemoteDecision>;
  peek(key: string, cost: Units, by?: readonly Policy[]): Promise<RemoteDecision>;
  reserve(key: string, cost: Units, by?: readonly Policy[]): Promise<RemoteReserved>;
  settle(key: string, number: number, estimate: Units, actual: Units, by?: readonly Policy[]): Promise<RemoteDecision>;
  block(key: string, ms: number): Promise<boolean>;
  reset(key: string): Promise<boolean>;
  clear(): Promise<void>;
  update(policies: readonly Policy[]): void;
  stats(): RemoteStats;
  /** Gives back what this process holds, and holds nothing from then on; calls are decided as ever. Never rejects. */
  close?(): Promise<void>;
  /** How its server stands, as far as that is answered within `deadlineMs`; of the key, its bytes there. */
  inspect?(deadlineMs: number, key?: string): Promise<EngineInspection>;
}

/** What `redis(client)` and `memory()` answer: limiters and stores make of it what they need. */
export interface RemoteEngineFactory {
  (spec: RemoteSpec): RemoteEngine;
  /** What the stores of other packages count by; one that has none can't be behind them. */
  readonly hits?: () => RemoteHits;
}
