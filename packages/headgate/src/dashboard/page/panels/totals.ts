import type { LimiterSnapshot } from '../../protocol.js';
import { byId, say } from '../elements.js';
import { formatCount, formatShare } from '../format.js';

export function showTotals({ backend, stats }: LimiterSnapshot): void {
  say(byId('total-allowed'), formatCount(stats.allowed));
  say(byId('total-denied'), formatCount(stats.blocked));
  say(byId('share-denied'), formatShare(stats.blocked, stats.totalChecks));
  say(byId('active-keys'), formatCount(stats.activeKeys));
  say(byId('evictions'), formatCount(stats.evictions));
  say(byId('rejected-full'), formatCount(stats.rejectedFull));
  byId('degraded-now').hidden = stats.isDegraded !== true;
  byId('degraded-total').hidden = stats.degraded === undefined;
  say(byId('degraded'), formatCount(stats.degraded ?? 0));
  say(byId('backend'), `engine: ${backend}`);
}
