/** CRC16 (XMODEM) of each byte, as the cluster specification has it. */
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc;
});

const encoder = new TextEncoder();

const SLOTS = 16_384;

/** The slot of a key without braces. */
export function slotOf(key: string): number {
  let crc = 0;
  for (const byte of encoder.encode(key)) crc = next(crc, byte);
  return crc % SLOTS;
}

let tags: Uint32Array | undefined;

/** What a key has between braces that must be in a slot: a number, the lowest that is in it. */
export function tagOf(slot: number): number {
  tags ??= allTags();
  return tags[slot] as number;
}

/** Some milliseconds: once, and only in a cluster. */
function allTags(): Uint32Array {
  const found = new Uint32Array(SLOTS);
  let left = SLOTS;
  for (let number = 1; left > 0; number++) {
    const slot = slotOf(String(number));
    if (found[slot] !== 0) continue;
    found[slot] = number;
    left--;
  }
  return found;
}

function next(crc: number, byte: number): number {
  return ((crc << 8) ^ (TABLE[((crc >> 8) ^ byte) & 0xff] as number)) & 0xffff;
}
