// What is tested: a limiter that an application makes when it starts.
const { RateLimiter } = require('headgate');

const limiter = new RateLimiter({ limit: 3, windowSeconds: 60 });

exports.login = (user) => (limiter.allow(user) ? 'welcome' : 'too many tries');
