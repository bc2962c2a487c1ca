/** The first 32 bits of the fractions of the square roots of the first 8 primes. */
const START = new Int32Array([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);
/** The same of the cube roots of the first 64 primes. */
const ROUNDS = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]);
const BLOCK_UNITS = 32;
/** A bit that is set, and the length, end what is hashed. */
const END_UNITS = 5;

/**
 * The SHA-256 of a string's UTF-16 units, little-endian, in hex (FIPS 180-4): of lone surrogates too, which UTF-8
 * can't tell apart.
 */
export function sha256(text: string): string {
  const state = START.slice();
  const words = new Int32Array(ROUNDS.length);
  const units = Math.ceil((text.length + END_UNITS) / BLOCK_UNITS) * BLOCK_UNITS;
  for (let first = 0; first < units; first += BLOCK_UNITS) {
    for (let i = 0; i < 16; i++) words[i] = wordAt(text, first + 2 * i);
    if (first + BLOCK_UNITS === units) {
      words[14] = text.length / 2 ** 28; // of the length in bits, the upper half
      words[15] = text.length << 4;
    }
    mix(state, words);
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** Two units as one big-endian word of their little-endian bytes. */
function wordAt(text: string, at: number): number {
  const a = unitAt(text, at);
  const b = unitAt(text, at + 1);
  return ((a & 255) << 24) | ((a >>> 8) << 16) | ((b & 255) << 8) | (b >>> 8);
}

function unitAt(text: string, at: number): number {
  if (at < text.length) return text.charCodeAt(at);
  return at === text.length ? 0x80 : 0;
}

/** One block (§6.2.2). */
function mix(state: Int32Array, words: Int32Array): void {
  for (let i = 16; i < words.length; i++) {
    const early = words[i - 15] as number;
    const late = words[i - 2] as number;
    const low = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
    const high = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
    words[i] = ((words[i - 16] as number) + low + (words[i - 7] as number) + high) | 0;
  }
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let i = 0; i < words.length; i++) {
    const choice = (e & f) ^ (~e & g);
    const fixed = (ROUNDS[i] as number) + (words[i] as number);
    const sum = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + choice + fixed) | 0;
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const next = sum + (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + majority;
    h = g; // one after the other: an array to swap them by would double the time
    g = f;
    f = e;
    e = (d + sum) | 0;
    d = c;
    c = b;
    b = a;
    a = next | 0;
  }
  const mixed = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < mixed.length; i++) state[i] = (state[i] as number) + (mixed[i] as number);
}

function turned(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
