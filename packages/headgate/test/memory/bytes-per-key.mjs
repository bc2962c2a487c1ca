/**
 * Holds many keys of each shape, and prints how many are held and what each takes. Run with `--expose-gc` and a heap
 * that is too small for the strings that the keys were cut out of.
 */
import { ManualClock, RateLimiter } from '../../dist/index.cjs';

const [backend] = process.argv.slice(2);
const KEYS = 1_500;
const HEADER_UNITS = 16_000;

/** As from the wire: in one piece, on the heap. */
function narrow(start) {
  return Buffer.from(start.padEnd(HEADER_UNITS, 'x'), 'latin1').toString('latin1');
}

/** Two bytes to a unit, with half of a surrogate pair at its end. */
function wide(start) {
  return Buffer.from(start.padEnd(HEADER_UNITS, '\ud800'), 'utf16le').toString('utf16le');
}

function rope(i, pieces) {
  let key = '';
  for (let piece = 0; piece < pieces; piece++) key += `piece ${i} of ${piece}`.padStart(16, '0');
  return key;
}

const SHAPES = {
  'a whole header': (i) => narrow(`client ${i} `),
  'a whole header of wide units': (i) => wide(`client ${i} `),
  'a slice of 24 units': (i) => narrow(`client ${String(i).padStart(17, '0')}`).slice(0, 24),
  'a slice of 64 units': (i) => narrow(`client ${i} `).slice(0, 64),
  'a wide slice of 64 units': (i) => wide(`client ${i} `).slice(0, 64),
  'a slice of 8,000 units': (i) => narrow(`client ${i} `).slice(0, 8_000),
  'a rope of 64 units': (i) => rope(i, 4),
  'a rope of 4,096 units': (i) => rope(i, 256),
};

const CALLS = {
  allow: (limiter, key) => limiter.allow(key),
  check: (limiter, key) => limiter.check(key),
  allowMany: (limiter, key) => limiter.allowMany([key]),
  reserve: (limiter, key) => limiter.reserve(key).commit(1),
  'a commit past the limit': (limiter, key) => limiter.reserve(key, 0).commit(9),
  block: (limiter, key) => limiter.block(key, 3_600_000),
  'a restore': (limiter, key) => limiter.allow(key),
  'a denial that is tracked': (limiter, key) => limiter.allow(key, 6),
};
/** Each shape by `allow`, and each call with what is cut out of a header and with a whole one. */
const PAIRS = [
  ...Object.keys(SHAPES).map((shape) => [shape, 'allow']),
  ...Object.keys(CALLS).flatMap((call) => [
    ['a wide slice of 64 units', call],
    ['a whole header', call],
  ]),
];
/** So that none of them goes in the middle of the next one's measurement. */
const limiters = [];

function used() {
  for (let i = 0; i < 4; i++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function measured([shape, call]) {
  const before = used();
  const limiter = new RateLimiter({ limit: 5, windowMs: 3_600_000, backend, clock: new ManualClock(), track: true });
  limiters.push(limiter);
  for (let i = 0; i < KEYS; i++) CALLS[call](limiter, SHAPES[shape](i));
  if (call === 'a restore') limiter.restore(limiter.snapshot());
  const held = limiter.stats().activeKeys + limiter.topKeys(1024).length;
  return { shape, call, held, bytes: Math.round((used() - before) / held) };
}

console.log(JSON.stringify(PAIRS.map(measured)));
