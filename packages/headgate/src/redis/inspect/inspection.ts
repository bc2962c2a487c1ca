import type { Policy } from '@headgate/core-ts';

export interface InspectOptions {
  /** Whose bytes are told as well. Of a cluster, the node that has this key is asked. */
  readonly key?: string | undefined;
  /** What is not answered by then is not told, in milliseconds: 1,000 by default, from 1 to 60,000. */
  readonly deadlineMs?: number | undefined;
}

/** How a limiter's server stands. A part that could not be told is `undefined`, and `unknown` says why. */
export interface Inspection {
  readonly backend: string;
  readonly policies: readonly Policy[];
  /** What the names of all keys begin with. */
  readonly prefix?: string;
  readonly server?: ServerFacts;
  readonly memory?: MemoryFacts;
  readonly replication?: ReplicationFacts;
  readonly clock?: ClockFacts;
  readonly latency?: LatencyFacts;
  /** What decides, by its SHA-1, and whether the server has it in its cache: where not, the next call sends it. */
  readonly scripts?: readonly { readonly sha: string; readonly isLoaded: boolean }[];
  readonly breaker?: BreakerFacts;
  /** Denied keys that are answered from memory now. */
  readonly rememberedDenials?: number;
  /** The key that was asked for, by its name on the server, and the bytes that it takes there: 0 where it is not held. */
  readonly key?: { readonly name: string; readonly bytes: number };
  /** What an operator should change, each in a sentence. */
  readonly warnings: readonly string[];
  /** By the name of a part, why it could not be told: a missing right, a time that ran out. */
  readonly unknown: { readonly [part in InspectedPart]?: string };
}

export type InspectedPart = 'server' | 'memory' | 'replication' | 'clock' | 'latency' | 'scripts' | 'key';

/** What an engine tells of itself; `unknown` and `warnings` may be left out. */
export type EngineInspection = Omit<Inspection, 'backend' | 'policies' | 'unknown' | 'warnings'> &
  Partial<Pick<Inspection, 'unknown' | 'warnings'>>;

export interface ServerFacts {
  /** As it names itself: `redis`, `valkey`, `dragonfly`. */
  readonly product: string;
  readonly version: string;
  /** The version of Redis that it says it is like. */
  readonly redisVersion: string | undefined;
  readonly isCluster: boolean;
}

export interface MemoryFacts {
  readonly usedBytes: number;
  /** 0: as much as the machine has. */
  readonly maxBytes: number;
  /** What goes when that is used: `noeviction` is nothing. */
  readonly evictionPolicy: string;
}

export interface ReplicationFacts {
  /** Of a replica no call is decided: it can't be written to. */
  readonly role: 'primary' | 'replica';
  /** Replicas that are connected. */
  readonly replicas: number;
  /** Seconds since the replica that is furthest behind was heard of, or on a replica since its primary was. */
  readonly lagSeconds: number | undefined;
  /** Bytes that the replica which is furthest behind does not have yet: so much a failover loses. */
  readonly behindBytes: number | undefined;
}

export interface ClockFacts {
  /** How far the server's clock is ahead of this process's. */
  readonly offsetMs: number;
  /** By how much that may be wrong: half of the round trip. */
  readonly withinMs: number;
}

/** Of a few round trips, each with a script that only reads the time. */
export interface LatencyFacts {
  readonly minMs: number;
  readonly medianMs: number;
}

/** In a cluster there is one for each master, and this is of the one that is open. */
export interface BreakerFacts {
  /** Whether calls are decided without the server. */
  readonly isOpen: boolean;
  readonly openSince: Date | undefined;
  /** The last failure, also where it opened nothing. */
  readonly lastError: unknown;
}
