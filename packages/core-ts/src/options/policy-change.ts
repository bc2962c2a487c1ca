import type { Policy } from '../contract.js';
import { show } from '../show.js';
import { readList, readOnce } from './checks.js';
import { type PolicyOptions, readPolicies } from './policy-options.js';

/** New numbers for a policy; what isn't given stays as it is. */
export type PolicyChange = Partial<Omit<PolicyOptions, 'name' | 'algorithm'>>;

/** New numbers for several policies, each by its name. */
export interface PolicyChanges {
  readonly limits: readonly (PolicyChange & { readonly name: string })[];
}

const CHANGES = ['limit', 'windowSeconds', 'windowMs', 'burst', 'blockForSeconds', 'blockForMs'];

/**
 * The policies with other numbers. A burst that was the limit stays the limit. At a limit of 0 there is none, and it
 * is the limit once there is one again, unless it is given.
 *
 * @throws TypeError or RangeError that names the option and prints the value.
 */
export function changePolicies(policies: readonly Policy[], change: PolicyChange | PolicyChanges): readonly Policy[] {
  if (typeof change !== 'object' || change === null)
    throw new TypeError(`the change must be an object, got ${show(change)}`);
  if ('limits' in change) return changeNamed(policies, readOnce(change, ['limits']));
  const own = readOnce(change, CHANGES);
  if (policies.length > 1)
    throw new TypeError(`give limits, each with its name: there are ${policies.length} policies to change`);
  return readPolicies([changed(policies[0] as Policy, own)]);
}

function changeNamed(policies: readonly Policy[], { limits }: PolicyChanges): readonly Policy[] {
  const changes = new Map<string, PolicyChange>();
  readList('limits', limits, (each, i) => {
    if (typeof each !== 'object' || each === null)
      throw new TypeError(`limits[${i}] must be an object, got ${show(each)}`);
    const { name, ...change } = readOnce(
      each as PolicyChanges['limits'][number],
      ['name', ...CHANGES],
      `limits[${i}].`,
    );
    const known = policies.map((policy) => policy.name);
    if (typeof name !== 'string' || !known.includes(name))
      throw new RangeError(`limits[${i}].name must be ${known.map(show).join(' or ')}, got ${show(name)}`);
    if (changes.has(name)) throw new RangeError(`limits[${i}].name must be its own, got ${show(name)} twice`);
    changes.set(name, change);
  });
  return readPolicies(
    policies.map((policy) => changed(policy, changes.get(policy.name) ?? {})),
    'limits',
  );
}

function changed(policy: Policy, change: PolicyChange): PolicyOptions {
  const { name, algorithm, limit, windowMs, burst, blockForMs } = policy;
  const keeps = (kind: 'window' | 'blockFor') =>
    change[`${kind}Ms`] === undefined && change[`${kind}Seconds`] === undefined;
  return {
    ...change,
    name,
    algorithm,
    limit: change.limit ?? limit,
    burst: change.burst ?? (burst === limit || change.limit === 0 ? undefined : burst),
    ...(keeps('window') ? { windowMs } : {}),
    ...(keeps('blockFor') ? { blockForMs } : {}),
  };
}
