import type { Redis } from 'ioredis';
import type * as Subject from '../subject.js';

/** What a scenario is played with: the limiter, and a client of a server that is empty. */
export interface Scene {
  readonly subject: typeof Subject;
  readonly direct: Redis;
  /** Where a fault is sought, it is in the same scenes each time; else they are new ones. */
  readonly seed?: number | undefined;
}

/** No scenario is about how long a server takes. */
export const PATIENT = { deadlineMs: 60_000, onOutage: 'throw' } as const;
