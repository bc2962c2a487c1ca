/**
 * Where more was admitted than a policy allows in any span: units of calls that were sent and answered within it were decided
 * within it, by the clock of the server, which is this machine's. Answers the first such span, or nothing.
 *
 * @param admitted of one key and policy: `units`, `sentMs`, `answeredMs`, and `resetAfterMs` where it is known
 */
export function overLimit(policy, admitted) {
  const events = admitted.filter(({ units }) => units > 0).sort((a, b) => a.sentMs - b.sentMs);
  if (policy.algorithm === 'token-bucket') return inAnySpan(events, (spanMs) => bucketBound(policy, spanMs));
  if (policy.algorithm === 'sliding-window') return inWindows(events, policy.windowMs, policy.limit);
  return inWindows(events, policy.windowMs, 2 * policy.limit - 1) ?? inOneWindow(events, policy);
}

function bucketBound({ limit, burst, windowMs }, spanMs) {
  return burst + Math.floor((spanMs * limit) / windowMs);
}

/** From each event on, in one window: both its ends count, so it is a millisecond less. */
function inWindows(events, windowMs, most) {
  for (let from = 0; from < events.length; from++) {
    const untilMs = events[from].sentMs + windowMs - 1;
    let sum = 0;
    for (let at = from; at < events.length && events[at].sentMs <= untilMs; at++)
      if (events[at].answeredMs <= untilMs) sum += events[at].units;
    if (sum > most) return `${sum} of ${most} units in ${windowMs} ms`;
  }
  return undefined;
}

function inAnySpan(events, boundOf) {
  for (let from = 0; from < events.length; from++) {
    const startMs = events[from].sentMs;
    const later = events.slice(from).sort((a, b) => a.answeredMs - b.answeredMs);
    let sum = 0;
    for (const { units, answeredMs } of later) {
      sum += units;
      const most = boundOf(answeredMs - startMs);
      if (sum > most) return `${sum} of ${most} units in ${answeredMs - startMs} ms`;
    }
  }
  return undefined;
}

/** What was told of the window's end says in which one a call was decided, give or take the time that it took. */
function inOneWindow(events, { limit, windowMs }) {
  const told = events
    .filter(({ resetAfterMs, sentMs, answeredMs }) => resetAfterMs !== undefined && answeredMs - sentMs < windowMs / 4)
    .map(({ units, resetAfterMs, sentMs, answeredMs }) => ({ units, endMs: (sentMs + answeredMs) / 2 + resetAfterMs }))
    .sort((a, b) => a.endMs - b.endMs);
  let [firstMs, sum] = [Number.NEGATIVE_INFINITY, 0];
  for (const { units, endMs } of told) {
    if (endMs - firstMs > windowMs / 2) [firstMs, sum] = [endMs, 0];
    sum += units;
    if (sum > limit) return `${sum} of ${limit} units in one window`;
  }
  return undefined;
}
