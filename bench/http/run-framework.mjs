import { onOneCore } from '../cores.mjs';
import { startServer } from './processes/server-child.mjs';
import { measuredNumbers, VARIANTS } from './variants.mjs';

/**
 * Measures one framework: a server per variant, and in each round every one of them once, in an order drawn anew.
 * Only one of them has something to do at a time.
 *
 * @param {{ framework: string, variants: string[], plan: import('./plan.mjs').Plan, load: import('./processes/child.mjs').Child,
 *   draw: import('../keys.mjs').Draw }} run
 * @returns {Promise<Record<string, number[]>>} for each variant the CPU of one request in microseconds, by round
 */
export async function runFramework({ framework, variants, plan, load, draw }) {
  const samples = Object.fromEntries(variants.map((variant) => [variant, []]));
  for (let generation = 0; generation < plan.processes; generation++) {
    const servers = {};
    try {
      for (const variant of draw.shuffled(variants)) {
        const numbers = measuredNumbers(framework, variant);
        servers[variant] = await startServer({ framework, variant, numbers, how: onOneCore });
        await load.ask({ url: servers[variant].url, requests: plan.warmUp });
      }
      for (let round = 0; round < plan.rounds; round++) {
        for (const variant of draw.shuffled(variants)) {
          samples[variant].push(await cpuPerRequestUs(servers[variant], VARIANTS[variant].status, plan.requests, load));
        }
      }
    } finally {
      for (const { child } of Object.values(servers)) child.kill();
    }
  }
  return samples;
}

async function cpuPerRequestUs({ child, url }, status, requests, load) {
  const before = await child.ask('cpu');
  const { statuses, errors } = await load.ask({ url, requests });
  const after = await child.ask('cpu');
  if (statuses[status] !== requests || errors > 0)
    throw new Error(`${url}: of ${requests} requests not all had ${status}: ${JSON.stringify({ statuses, errors })}`);
  return (after.cpuUs - before.cpuUs) / requests;
}
