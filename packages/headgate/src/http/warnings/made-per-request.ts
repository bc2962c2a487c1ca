/** So many at one place are no accident. */
const MANY = 20;
/** More places than that are a suite of tests. */
const MOST_PLACES = 200;

let fresh: object | undefined;
const gatesMadeAt = new Map<string, number>();
let warnedOnce = false;

/** What was made is fresh until the code that made it has run to its end. */
export function noteMade(gate: object): void {
  fresh = gate;
  void Promise.resolve().then(() => {
    if (fresh === gate) fresh = undefined;
  });
}

/**
 * Whoever makes a middleware within a handler makes one for each request, which counts that request alone and never
 * limits. It is told by its first request: that comes in the same breath, and again and again at the same place in the
 * program. A middleware that is made when the program starts, be it for each of a hundred routes, gets its first
 * request later.
 */
export function noteDecides(gate: object, warn: (message: string) => void): void {
  if (fresh !== gate) return;
  fresh = undefined;
  if (warnedOnce) return;
  const place = new Error().stack ?? '';
  const count = (gatesMadeAt.get(place) ?? 0) + 1;
  if (gatesMadeAt.size < MOST_PLACES || gatesMadeAt.has(place)) gatesMadeAt.set(place, count);
  if (count < MANY) return;
  warnedOnce = true;
  gatesMadeAt.clear();
  warn(
    `headgate: ${MANY} middlewares were each made for one request, so they limit nothing: call rateLimit() once, where the program starts, and use what it answers for all requests, or give it a limiter that was made once`,
  );
}
