import type { LimiterSnapshot } from '../protocol.js';
import { byId, element } from './elements.js';
import { formatCount, formatDuration } from './format.js';

/** The numbers that decide, and how often each denied. */
export function showPolicies({ policies, stats }: LimiterSnapshot): void {
  const rows = policies.map(({ name, algorithm, limit, windowMs, burst, blockForMs }, i) => {
    const numbers = [
      formatCount(limit),
      formatDuration(windowMs),
      burst === limit ? '–' : formatCount(burst),
      blockForMs === 0 ? '–' : formatDuration(blockForMs),
      formatCount(stats.policies[i]?.denied ?? 0),
    ];
    const cells = numbers.map((text) => element('td', { class: 'number' }, text));
    return element('tr', {}, element('td', {}, name), element('td', {}, algorithm), ...cells);
  });
  byId('policies')
    .querySelector('tbody')
    ?.replaceChildren(...rows);
}
