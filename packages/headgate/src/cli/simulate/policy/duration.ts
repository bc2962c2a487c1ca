const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/y;

/** `30s`, `1m`, `1h30m` in milliseconds; `undefined` for what is no duration. */
export function durationMs(text: string): number | undefined {
  let ms = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const [, count, unit = ''] = PART.exec(text) ?? [];
    if (count === undefined) return undefined;
    ms += Number(count) * (UNITS[unit] as number);
  }
  const whole = Math.round(ms);
  return text !== '' && Math.abs(ms - whole) < 1e-6 ? whole : undefined;
}

/** As `durationMs` reads it, with one unit or two. */
export function durationText(ms: number): string {
  if (ms === 0) return '0s';
  let left = ms;
  const parts: string[] = [];
  for (const [unit, length] of Object.entries(UNITS).reverse()) {
    if (unit === 'w') continue;
    const count = Math.floor(left / length);
    if (count > 0) parts.push(`${count}${unit}`);
    left -= count * length;
  }
  return parts.join('');
}
