import { RateLimiter } from 'headgate';

export const dynamic = 'force-dynamic';

export function GET() {
  const limiter = new RateLimiter({ limit: 1, windowSeconds: 60, shared: 'hit' });
  return Response.json({ backend: limiter.backend, allowed: limiter.allow('k') });
}
