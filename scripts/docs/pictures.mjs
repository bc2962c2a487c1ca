// Draws what each algorithm admits of the same requests, by the limiter itself: node scripts/docs/pictures.mjs
import { writeFileSync } from 'node:fs';
import { ManualClock, RateLimiter } from '../../packages/core-ts/dist/index.js';

const LIMIT = 10;
const WINDOW_MS = 1_000;
const SPAN_MS = 4_000;
/** A burst at the end of the first second, another right after it, then twice the rate of the limit. */
const ARRIVALS = [
  ...[-1, 0].flatMap((second) => Array.from({ length: 12 }, (_, i) => 1_000 + (second ? -150 : 20) + i * 10)),
  ...Array.from({ length: 40 }, (_, i) => 1_500 + i * 50),
];
const [WIDTH, HEIGHT, LEFT, TOP] = [720, 210, 44, 34];
const [PLOT_WIDTH, PLOT_HEIGHT] = [WIDTH - LEFT - 12, 116];
const [INK, ALLOWED, DENIED] = ['#7f8794', '#1a7f37', '#d1242f'];

for (const algorithm of ['fixed-window', 'sliding-window', 'token-bucket'])
  writeFileSync(new URL(`../../docs/explained/${algorithm}.svg`, import.meta.url), picture(algorithm));

function picture(algorithm) {
  const clock = new ManualClock();
  const limiter = new RateLimiter({ algorithm, limit: LIMIT, windowMs: WINDOW_MS, clock });
  limiter.allow('client'); // its window starts with the first unit
  const decided = [{ atMs: 0, allowed: true }];
  for (const atMs of ARRIVALS) {
    clock.advance(atMs - clock.now());
    decided.push({ atMs, allowed: limiter.allow('client') });
  }
  const admitted = decided.filter(({ allowed }) => allowed).map(({ atMs }) => atMs);
  const within = (atMs) => admitted.filter((each) => each <= atMs && each > atMs - WINDOW_MS).length;
  const samples = Array.from({ length: SPAN_MS / 10 + 1 }, (_, i) => [i * 10, within(i * 10)]);
  const most = Math.max(...samples.map(([, count]) => count));
  const line = samples.map(([ms, count]) => `${x(ms)},${y(count)}`).join(' ');
  const dots = decided.map(({ atMs, allowed }) => dot(atMs, allowed)).join('');
  const title = `${algorithm}, ${LIMIT} in a second: at most ${most} in any second`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}" font-family="system-ui, sans-serif" font-size="12" fill="${INK}">
<text x="${LEFT}" y="16" font-size="13">${title}</text>
${[0, LIMIT, 2 * LIMIT].map(gridLine).join('\n')}
${Array.from({ length: SPAN_MS / 1000 + 1 }, (_, s) => `<text x="${x(s * 1000)}" y="${HEIGHT - 4}" text-anchor="middle">${s} s</text>`).join('\n')}
<polyline points="${line}" fill="none" stroke="#0969da" stroke-width="2"/>
${dots}
</svg>
`;
}

function gridLine(count) {
  const dash = count === LIMIT ? ' stroke-dasharray="5 4"' : '';
  return `<line x1="${LEFT}" x2="${LEFT + PLOT_WIDTH}" y1="${y(count)}" y2="${y(count)}" stroke="${INK}" stroke-opacity="0.5"${dash}/><text x="${LEFT - 8}" y="${y(count) + 4}" text-anchor="end">${count}</text>`;
}

function dot(atMs, allowed) {
  const [cx, cy] = [x(atMs), TOP + PLOT_HEIGHT + (allowed ? 18 : 32)];
  return `<circle cx="${cx}" cy="${cy}" r="3" fill="${allowed ? ALLOWED : DENIED}"/>`;
}

function x(ms) {
  return Math.round((LEFT + (ms / SPAN_MS) * PLOT_WIDTH) * 10) / 10;
}

function y(count) {
  return TOP + PLOT_HEIGHT - (count / (2 * LIMIT)) * PLOT_HEIGHT;
}
