import type { LimiterSnapshot } from '../../protocol.js';
import { byId, cell, element } from '../elements.js';
import { formatCount, formatDuration } from '../format.js';

/** The numbers that decide, and how often each denied. */
export function showPolicies({ policies, stats }: LimiterSnapshot): void {
  const rows = policies.map(({ name, algorithm, limit, windowMs, burst, blockForMs }, i) => {
    const numbers = {
      Limit: formatCount(limit),
      Window: formatDuration(windowMs),
      Burst: burst === limit ? '–' : formatCount(burst),
      'Blocks for': blockForMs === 0 ? '–' : formatDuration(blockForMs),
      Denied: formatCount(stats.policies[i]?.denied ?? 0),
    };
    const cells = Object.entries(numbers).map(([label, text]) => cell(label, { class: 'number' }, text));
    return element('tr', {}, cell('Policy', {}, name), cell('Algorithm', {}, algorithm), ...cells);
  });
  byId('policies')
    .querySelector('tbody')
    ?.replaceChildren(...rows);
}
