const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 2 });
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const time = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

export function formatCount(count: number): string {
  return count < 1e7 ? whole.format(count) : compact.format(count);
}

/** Calls per second: tenths matter where they are few. */
export function formatRate(rate: number): string {
  return rate < 10 ? tenths.format(rate) : formatCount(rate);
}

/** Calls per second, or per the shortest time in which there is a whole one. */
export function formatSlowRate(perSecond: number): string {
  if (perSecond >= 1 || perSecond === 0) return `${formatRate(perSecond)}/s`;
  if (perSecond * 60 >= 1) return `${formatRate(perSecond * 60)}/min`;
  return perSecond * 3600 >= 1 ? `${formatRate(perSecond * 3600)}/h` : `${formatRate(perSecond * 86_400)}/d`;
}

export function formatShare(part: number, all: number): string {
  return all === 0 ? '–' : percent.format(part / all);
}

export function formatTime(seconds: number): string {
  return time.format(seconds * 1000);
}

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];
const UNITS = [
  ['d', DAY],
  ['h', HOUR],
  ['min', MINUTE],
  ['s', SECOND],
] as const;

/** In the two largest units that it has, rounded up: what is waited for is never told too short. */
export function formatDuration(ms: number): string {
  if (ms < SECOND) return `${Math.ceil(ms)} ms`;
  const step = ms >= DAY ? HOUR : ms >= HOUR ? MINUTE : SECOND;
  let rest = Math.ceil(ms / step) * step;
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(' ');
}

const LONGEST_KEY = 200;

/** Control and direction characters, and halves of a pair: they would hide what a key is, or turn its neighbours round. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A key as it can be read: clients write what they like. */
export function formatKey(key: string): string {
  if (key === '') return '(empty)';
  const cut = key.length > LONGEST_KEY ? `${key.slice(0, LONGEST_KEY)}… (${formatCount(key.length)} characters)` : key;
  return cut.replace(UNSEEN, (each) => `\\u{${each.codePointAt(0)?.toString(16)}}`);
}
