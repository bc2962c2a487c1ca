import { mostBurst, type Policy } from '@headgate/core-ts';

/** What decides a call that comes with a limit of its own: a burst that is not the limit stays as far as it can. */
export function callPolicyOf(policy: Policy, limit: number): Policy {
  const { algorithm, burst, windowMs } = policy;
  const follows = algorithm !== 'token-bucket' || limit === 0 || burst === policy.limit;
  const least = limit > windowMs ? 1 + Math.ceil(limit / windowMs) : 1;
  if (limit === policy.limit) return policy;
  const wanted = follows ? limit : Math.max(burst, least);
  const most = algorithm === 'token-bucket' ? mostBurst(windowMs) : wanted;
  return { ...policy, limit, burst: Math.min(wanted, most) };
}
