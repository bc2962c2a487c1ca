import { rateLimit } from 'headgate/web';
import { NextResponse } from 'next/server';

const limited = rateLimit({ limit: 2, windowSeconds: 60, trustProxy: false, address: () => '192.0.2.1' });

export async function limit(request) {
  const { response, finish } = await limited.check(request);
  return response ?? finish(NextResponse.next());
}
