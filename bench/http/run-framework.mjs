import { onAnyCore, onOneCore } from '../cores.mjs';
import { Child } from './child.mjs';
import { LIMITED, measuredOptions, VARIANTS } from './variants.mjs';
import { VERIFIED, verify } from './verify.mjs';

/**
 * Measures one framework: a server per variant, and in each round every one of them once, in an order drawn anew.
 * Only one of them has something to do at a time.
 *
 * @param {{ framework: string, variants: string[], plan: import('./plan.mjs').Plan, load: Child,
 *   draw: import('../keys.mjs').Draw }} run
 * @returns {Promise<Record<string, number[]>>} for each variant the CPU of a request in microseconds, by round
 */
export async function runFramework({ framework, variants, plan, load, draw }) {
  const samples = Object.fromEntries(variants.map((variant) => [variant, []]));
  for (let generation = 0; generation < plan.processes; generation++) {
    await withServers(framework, variants, async (servers) => {
      for (const variant of draw.shuffled(variants)) await send(load, servers[variant], plan.warmUp);
      for (let round = 0; round < plan.rounds; round++) {
        for (const variant of draw.shuffled(variants)) {
          samples[variant].push(await cpuPerRequestUs(load, servers[variant], VARIANTS[variant], plan.requests));
        }
      }
    });
  }
  return samples;
}
