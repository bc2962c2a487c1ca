const { backends, RateLimiter } = require('headgate');

const limiter = new RateLimiter({ limit: 1, windowSeconds: 60 });
console.log(limiter.backend, limiter.allow('k'), limiter.allow('k'), backends()[0].tried[0].error ?? '');
