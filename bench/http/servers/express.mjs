import { createServer } from 'node:http';
import express from 'express';
import { order } from '../order.mjs';

export const LIMITERS = {
  async headgate(options) {
    const { rateLimit } = await import('headgate/express');
    return rateLimit(options);
  },
  async peer({ limit, windowMs }) {
    const { rateLimit } = await import('express-rate-limit');
    return rateLimit({ limit, windowMs });
  },
};

export function serve(limiter) {
  const app = express();
  if (limiter !== undefined) app.use(limiter);
  app.get('/', (_request, response) => response.send('hello'));
  app.get('/order', (_request, response) => response.json(order()));
  return createServer(app);
}
