// What a stranger's first script is: prints, as JSON, which engine decides, what it answers, and what was tried for native.
import { backends, RateLimiter } from 'headgate';

const limiter = new RateLimiter({ limit: 1, windowSeconds: 3600 });
const answers = [limiter.allow('k'), limiter.allow('k')];
console.log(JSON.stringify({ backend: limiter.backend, answers, tried: backends()[0].tried }));
