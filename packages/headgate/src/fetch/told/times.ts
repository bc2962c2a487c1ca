/** Nothing that an answer tells holds calls for longer: a day. After that the server is asked, and tells anew. */
export const LONGEST_TOLD_MS = 86_400_000;

/** From this number of seconds on it is no time from now (that would be 31 years) but a Unix time. */
const LEAST_EPOCH_SECONDS = 1e9;
/** A Unix time from this on is not in seconds (that would be the year 5138) but in milli-, micro- or nanoseconds. */
const LEAST_EPOCH_MS = 1e11;

/**
 * Milliseconds from now until a time that an answer tells: as seconds from now, as a Unix time in seconds or
 * milliseconds, as a date (RFC 9110 §5.6.7, ISO 8601), or as a length such as `6m0s`. From 0 to a day; `undefined` for
 * anything else.
 *
 * @param serverMs the Unix time of the server, in milliseconds: its clock may be another than ours
 */
export function readTimeMs(text: string | null, serverMs: number): number | undefined {
  const trimmed = text?.trim() ?? '';
  const seconds = readNumber(trimmed) ?? readLengthSeconds(trimmed);
  if (seconds !== undefined) return bounded(msOf(seconds, serverMs));
  const dateMs = readDateMs(trimmed);
  return dateMs === undefined ? undefined : bounded(dateMs - serverMs);
}

/** A number from 0 up, as headers write them: no sign, no exponent. */
export function readNumber(text: string | null): number | undefined {
  return text !== null && /^\s*\d{1,30}(\.\d{1,30})?\s*$/.test(text) ? Number(text) : undefined;
}

const DATE = /^([A-Z][a-z]{2,8}, ?\d|[A-Z][a-z]{2} [A-Z]|\d{4}-\d\d-\d\dT)/;
/** How a date ends: with the time, maybe a zone, and maybe the year. */
const TIME =
  /([T ])(\d{1,2}:\d\d(?::\d\d(?:\.\d{1,9})?)?)( ?(?:Z|UTC?|[ECMP][SD]T|(?:GMT)?[+-]\d\d:?\d\d|GMT)(?: \([^)]{1,64}\))?)?( \d{4})?$/;

/**
 * A Unix time in milliseconds. A text that is neither kind of date is none, whatever `Date.parse` makes of it. Without a
 * zone it is UTC: so are the dates of RFC 9110, all three kinds of them, and what servers write that leave out the `Z`.
 */
export function readDateMs(text: string | null): number | undefined {
  const time = text !== null && DATE.test(text) ? TIME.exec(text) : null;
  if (text === null || time === null) return undefined;
  const [, before, hours, zone, year = ''] = time;
  const day = text.slice(0, time.index) + year;
  const ms = Date.parse(zone === undefined ? `${day}${before}${hours}${before === 'T' ? 'Z' : ' GMT'}` : text);
  return Number.isNaN(ms) ? undefined : ms;
}

export function bounded(ms: number): number {
  return Math.min(Math.max(0, Math.ceil(ms)), LONGEST_TOLD_MS);
}

function msOf(seconds: number, serverMs: number): number {
  if (seconds < LEAST_EPOCH_SECONDS) return seconds * 1000;
  let epochSeconds = seconds;
  while (epochSeconds >= LEAST_EPOCH_MS) epochSeconds /= 1000;
  return epochSeconds * 1000 - serverMs;
}

const UNIT_SECONDS = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** `1s`, `6m0s`, `20ms`, `1h2m3.5s`: as Go writes a length of time. */
function readLengthSeconds(text: string): number | undefined {
  if (!/^(\d{1,15}(\.\d{1,15})?(ms|[smhd])){1,5}$/.test(text)) return undefined;
  const parts = [...text.matchAll(/([\d.]+)(ms|[smhd])/gy)];
  return parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS],
    0,
  );
}
