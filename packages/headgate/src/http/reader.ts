import type { FrameworkSetting } from './key/proxies/framework-setting.js';

/**
 * How one framework's request is read: a function per fact, so that nothing is worked out that no option asks
 * for. What differs between frameworks is in this, and in how an outcome is answered.
 */
export interface Reader<R> {
  method(request: R): string;
  /** The path as the client sent it, without the query. */
  path(request: R): string;
  /**
   * The paths that routers read by now, where they may be others than the client sent: of a router that was mounted
   * somewhere the rest behind that, and a URL that was rewritten. Not there: no router changes any.
   */
  routedPaths?(request: R): readonly string[];
  /**
   * The address at the other end of the socket, in any notation; `undefined` where the runtime tells none, `null` where
   * the client was gone before it was read.
   */
  address(request: R): string | null | undefined;
  /** What the framework is told of proxies; `undefined` where it trusts none. Not there: it knows of none. */
  proxies?(request: R): FrameworkSetting | undefined;
  /** A header by its lower-case name; of repeated ones all, joined by `, `. */
  header(request: R, name: string): string | undefined;
  /** Whether it has any of these headers, where that is told for less than by reading each. */
  hasAny?(request: R, names: readonly string[]): boolean;
  /**
   * The pattern of the route that was matched, e.g. `/users/:id`; `undefined` where none is known by then. Not there:
   * there is no router.
   */
  route?(request: R): string | undefined;
  /** What the framework keeps of the signed-in user: an id, or an object that has one. Not there: it keeps none. */
  user?(request: R): unknown;
  /** What lives as long as the request does: where several limiters on it find each other. */
  requestScope(request: R): object;
}
