// In the edge runtime, which `middleware` has, and `proxy` has not.
export { limit as middleware } from './limited.js';

export const config = { matcher: '/' };
