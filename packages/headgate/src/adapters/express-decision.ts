import { lastDecision } from '../http/answer/request-outcome.js';
import type { HttpDecision } from '../http/key/client.js';
import { nodeRequestScope } from '../http/platform/node/node-request.js';

const prepared = new WeakSet<object>();

/**
 * Makes `request.rateLimit` the decision, in Express once for all requests of an application: they have a prototype
 * that is the application's own, and each a shape of its own, so that a property more on each would take longer than
 * the decision. Who assigns `rateLimit` on a request, as other libraries do, gets a property of that request.
 */
export function setRequestDecision(request: { rateLimit?: HttpDecision | undefined }, decision: HttpDecision): void {
  const prototype = Object.getPrototypeOf(request) as object;
  if (prepared.has(prototype)) return;
  if (!Object.hasOwn(prototype, 'app')) {
    request.rateLimit = decision; // not an application's of Express: others have that prototype too
    return;
  }
  prepared.add(prototype);
  Object.defineProperty(prototype, 'rateLimit', {
    configurable: true,
    get(this: { readonly rawHeaders?: readonly string[] }): HttpDecision | undefined {
      return lastDecision(nodeRequestScope(this));
    },
    set(this: object, value: unknown) {
      Object.defineProperty(this, 'rateLimit', { value, configurable: true, enumerable: true, writable: true });
    },
  });
}
