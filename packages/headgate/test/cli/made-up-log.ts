const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Lines of the combined format: a few busy clients, many quiet ones, and lines that are some seconds out of order. */
export function madeUpLog(lines: number): string {
  const random = randomFrom(7);
  let timeMs = Date.UTC(2024, 1, 28, 23, 50);
  let log = '';
  for (let i = 0; i < lines; i++) {
    timeMs += Math.floor(random() ** 4 * 5000);
    const client = Math.floor(random() ** 3 * 200);
    const written = new Date(timeMs - Math.floor(random() ** 2 * 20_000));
    const address = `203.0.${client >> 5}.${client}`;
    log += `${address} - - [${commonTime(written)}] "GET /page/${i % 9}?q=${i} HTTP/1.1" 200 ${i} "-" "made up"\n`;
  }
  return log;
}

export function commonTime(date: Date): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}

/** The same numbers each time (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
