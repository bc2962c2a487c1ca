import { VARIANTS } from '../variants.mjs';
import { Child } from './child.mjs';

/** A server that listens, and where it is asked. */
export async function startServer({ framework, variant, numbers, how }) {
  const child = new Child('./server.mjs', [framework, variant, JSON.stringify(numbers)], how);
  const { port } = await child.answer();
  return { child, url: `http://127.0.0.1:${port}${VARIANTS[variant].path}` };
}
