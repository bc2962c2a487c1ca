import { type Policy, readOnce, show, wholeNumber } from '@headgate/core-ts';

export interface LeaseOptions {
  /** Units that a process takes at a time at the most: 100 by default, from 2 to 1,000,000. */
  readonly mostUnits?: number | undefined;
  /** For how long a process keeps them at the most, in milliseconds: 1,000 by default, from 10 to 60,000. */
  readonly mostMs?: number | undefined;
  /** Calls that a key must have in this process in a second before it takes any: 50 by default, from 1 to 1,000,000. */
  readonly fromPerSecond?: number | undefined;
}

export interface ReadLeaseOptions {
  readonly mostUnits: number;
  readonly mostMs: number;
  readonly fromPerSecond: number;
}

const NAMES = ['mostUnits', 'mostMs', 'fromPerSecond'] as const;

/** @throws TypeError or RangeError that names the option and prints the value. */
export function readLeaseOptions(given: unknown): ReadLeaseOptions | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== 'object' || given === null) throw new TypeError(`leases must be an object, got ${show(given)}`);
  const options = readOnce<LeaseOptions>(given, NAMES, 'leases.');
  return {
    mostUnits: wholeNumber('leases.mostUnits', options.mostUnits ?? 100, 2, 1_000_000),
    mostMs: wholeNumber('leases.mostMs', options.mostMs ?? 1000, 10, 60_000),
    fromPerSecond: wholeNumber('leases.fromPerSecond', options.fromPerSecond ?? 50, 1, 1_000_000),
  };
}

/**
 * A token bucket repays units from when they were taken, also those of a lease that are not used yet.
 *
 * @throws RangeError where a policy is one.
 */
export function refuseBuckets(policies: readonly Policy[]): void {
  const bucket = policies.find(({ algorithm }) => algorithm === 'token-bucket');
  if (bucket !== undefined)
    throw new RangeError(
      `leases need policies that are windows, since a token bucket would repay units before they are used: policy ${show(bucket.name)} has algorithm 'token-bucket'`,
    );
}
