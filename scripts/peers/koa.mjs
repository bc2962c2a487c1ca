import { createServer } from 'node:http';
import { rateLimit } from 'headgate/koa';
import Koa from 'koa';
import { twice } from './twice.mjs';

const app = new Koa();
app.use(rateLimit({ limit: 1, windowSeconds: 60 }));
app.use((ctx) => {
  ctx.body = ctx.state.rateLimit.key;
});
await twice(createServer(app.callback()));
