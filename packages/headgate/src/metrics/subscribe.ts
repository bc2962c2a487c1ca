import {
  type DecisionEvent,
  decisions,
  type EngineErrorEvent,
  engineErrors,
  type LetThroughEvent,
  letThrough,
} from '../http/channels.js';

/** Upper bounds in seconds: an engine in the process decides in microseconds, one behind a network in milliseconds. */
export const DURATION_BUCKETS = [
  1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 5e-2, 0.1, 0.5, 1,
];

/** What a recorder is told; keys are in none of what it may keep. */
export interface Recorder {
  decided(event: DecisionEvent): void;
  failed(event: EngineErrorEvent): void;
  passed(event: LetThroughEvent): void;
}

/** Until the answer is called. While somebody records, each decision is also timed. */
export function subscribe({ decided, failed, passed }: Recorder): () => void {
  decisions.subscribe(decided);
  engineErrors.subscribe(failed);
  letThrough.subscribe(passed);
  return () => {
    decisions.unsubscribe(decided);
    engineErrors.unsubscribe(failed);
    letThrough.unsubscribe(passed);
  };
}
