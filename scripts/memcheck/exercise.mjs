// The native engine's calls with keys around the length of its buffers, and damaged snapshots: what valgrind watches.
import { createNativeEngine, nativeStatus } from '../../packages/core-native/dist/index.cjs';

const ROUNDS = 400;
const DAMAGED = 600;
const KEYS = ['', 'a', '\ud800', '\u0141\0x', ...[254, 255, 256, 300, 5_000].map((units) => 'k'.repeat(units))];
const POLICIES = ['fixed-window', 'sliding-window', 'token-bucket'].map((algorithm) => {
  return { name: algorithm, algorithm, limit: 5, windowMs: 1000, burst: 5, blockForMs: 0 };
});

const { available, tried } = nativeStatus();
if (!available) throw new Error(`no native binary runs here: ${JSON.stringify(tried)}`);
let now = 0;
const clock = { now: () => now };
let seed = 12_345; // the same calls in each run
let [refused, restored] = [0, 0];

for (const shared of [undefined, 'memcheck']) {
  const engine = make(shared);
  for (let round = 0; round < ROUNDS; round++) use(engine);
  damage(engine.snapshot().bytes, make());
  engine.update(POLICIES.map((policy) => ({ ...policy, limit: 9, burst: 9 })));
  engine.cleanupExpired();
  engine.stats();
  engine.clear();
}
console.log(`${refused} snapshots refused, ${restored} restored`);

function make(shared) {
  return createNativeEngine({ policies: POLICIES, clock, shared, maxKeys: 100, onFull: 'deny' });
}

function use(engine) {
  const key = KEYS[drawn(KEYS.length)];
  engine.allow(key, drawn(3));
  engine.check(key, 1);
  engine.peek(key, 1);
  engine.settle(key, engine.reserve(key, 1).number, 1, drawn(3));
  if (drawn(20) === 0) engine.block(key, 50);
  if (drawn(30) === 0) engine.reset(key);
  engine.allowMany([...KEYS, ...KEYS], 1);
  now += drawn(60);
}

function damage(sound, engine) {
  for (let length = 0; length < sound.length; length += 7) restore(engine, sound.slice(0, length));
  for (let i = 0; i < DAMAGED; i++) {
    const bytes = sound.slice();
    for (let flips = 1 + drawn(4); flips > 0; flips--) bytes[drawn(bytes.length)] = drawn(256);
    restore(engine, bytes);
  }
}

function restore(engine, bytes) {
  try {
    engine.restore(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    refused++;
    return;
  }
  restored++;
  for (const key of KEYS) engine.check(key, 1);
  engine.snapshot();
}

function drawn(below) {
  seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
  return (seed >> 8) % below;
}
