const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const COMMON = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d)$/;
const ISO = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)$/;
/** Seconds with a fraction, and a zone: `03`, `03.123Z`, `03,5+02:00`. */
const REST = /^:(\d\d)(?:[.,](\d{1,9}))?\s?(UTC(?![+-])|GMT(?![+-])|[Zz]|[+-]\d\d(?::?\d\d)?)?/;
/** A zone by other letters, as `CET`: one name stands for several. */
const LETTERS = /^\s?[A-Za-z]/;
/** As long as `17/May/2015:10:05` is, and `2015-05-17T10:05`. */
const COMMON_MINUTE = 17;
const ISO_MINUTE = 16;

/**
 * Reads times that follow each other: the minute and the zone are mostly those of the line before, and then only the
 * seconds are read. `NaN` for what is no time; a time without a zone is in UTC.
 */
export class Times {
  #minute = '';
  #zone = '';
  /** Of that minute in that zone. */
  #minuteMs = Number.NaN;

  /** `17/May/2015:10:05:03 +0000` from there on, or a time as of ISO 8601. */
  read(text: string, at: number): number {
    const length = this.#minute.length;
    if (length > 0 && text.startsWith(this.#minute, at) && this.#hasZone(text, at + length + 3)) {
      const tens = text.charCodeAt(at + length + 1) - 48;
      const ones = text.charCodeAt(at + length + 2) - 48;
      if (text.charCodeAt(at + length) === 58 && tens >= 0 && tens <= 5 && ones >= 0 && ones <= 9)
        return this.#minuteMs + (tens * 10 + ones) * 1000;
    }
    return this.#readAnew(text, at);
  }

  /** The whole of it: `+00` is where `+00:30` begins, and `UTC` where `UTC+2` does. */
  #hasZone(text: string, at: number): boolean {
    const next = text.charCodeAt(at + this.#zone.length);
    return text.startsWith(this.#zone, at) && !((next >= 48 && next <= 58) || next === 43 || next === 45);
  }

  #readAnew(text: string, at: number): number {
    const isIso = text.charCodeAt(at + 4) === 45;
    const length = isIso ? ISO_MINUTE : COMMON_MINUTE;
    const minute = text.slice(at, at + length);
    const minuteMs = isIso ? isoMinute(minute) : commonMinute(minute);
    const after = text.slice(at + length, at + length + 24);
    const rest = REST.exec(after);
    if (rest === null) return Number.NaN;
    const [whole, seconds = '', fraction, zone] = rest;
    if (zone === undefined && LETTERS.test(after.slice(whole.length))) return Number.NaN;
    if (Number(seconds) > 60) return Number.NaN;
    const zoned = minuteMs - zoneMs(zone);
    // A fraction comes before the zone, where the quick way looks for it.
    const isQuick = !Number.isNaN(zoned) && fraction === undefined && zone !== undefined;
    if (isQuick) {
      this.#minute = `${minute}`;
      this.#zone = whole.slice(3);
      this.#minuteMs = zoned;
    }
    const ms = fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000);
    return zoned + Number(seconds) * 1000 + ms;
  }
}

/** A number as seconds, milliseconds, microseconds or nanoseconds since 1970: whichever lies between 1973 and 5138. */
export function epochMs(number: number): number {
  if (!(number >= 1e8 && number < 1e20)) return Number.NaN;
  if (number < 1e11) return Math.floor(number * 1000);
  if (number < 1e14) return Math.floor(number);
  return Math.floor(number < 1e17 ? number / 1e3 : number / 1e6);
}

function commonMinute(text: string): number {
  const [, day, month = '', year, hour, minute] = COMMON.exec(text) ?? [];
  return utc(Number(year), MONTHS.indexOf(month), Number(day), Number(hour), Number(minute));
}

function isoMinute(text: string): number {
  const [, year, month, day, hour, minute] = ISO.exec(text) ?? [];
  return utc(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
}

/** `NaN` for a date that no calendar has. */
function utc(year: number, month: number, day: number, hour: number, minute: number): number {
  if (!(month >= 0 && hour < 24 && minute < 60)) return Number.NaN;
  const date = new Date(Date.UTC(year, month, day, hour, minute));
  const isReal = date.getUTCFullYear() === year && date.getUTCMonth() === month && date.getUTCDate() === day;
  return isReal ? date.getTime() : Number.NaN;
}

/** As far as any place is from UTC. */
const MOST_ZONE_HOURS = 14;

/** `NaN` for a zone that there is none of. */
function zoneMs(zone: string | undefined): number {
  if (zone === undefined || /^[A-Za-z]/.test(zone)) return 0;
  const digits = zone.replace(/\D/g, '').padEnd(4, '0');
  const [hours, minutesMore] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  if (hours > MOST_ZONE_HOURS || minutesMore > 59) return Number.NaN;
  const minutes = hours * 60 + minutesMore;
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
