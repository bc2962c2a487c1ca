import { createServer } from 'node:http';
import express from 'express';
import { rateLimit } from 'headgate/express';
import { twice } from './twice.mjs';

const app = express();
const limited = rateLimit({ limit: 1, windowSeconds: 60 });
app.use(limited);
app.get('/', (request, response) => response.send(request.rateLimit.key));
await twice(createServer(app));
