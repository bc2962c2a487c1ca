import { type Decision, ManualClock, RateLimiter } from 'headgate';
import { RateLimiter as TypeScriptLimiter } from 'headgate/ts';

const limiter = new RateLimiter({ limit: 5, windowSeconds: 60, backend: 'auto', clock: new ManualClock() });
const decision: Decision = limiter.check('user');
const greet = limiter.limit(
  (name) => `user:${name}`,
  async (name: string, times = 1) => name.repeat(times),
);
const greeting: Promise<string> = greet('ada', 2);
// @ts-expect-error a limit is a number
new TypeScriptLimiter({ limit: '5', windowSeconds: 60 });

export { decision, greeting };
