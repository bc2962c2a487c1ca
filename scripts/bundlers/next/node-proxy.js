// In Node, where `proxy` runs. It is called so once middleware.js has gone: Next takes one of the two.
export { limit as proxy } from './limited.js';

export const config = { matcher: '/' };
