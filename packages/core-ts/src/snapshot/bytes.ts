/** Writes numbers and strings one after the other, little-endian, into memory that grows. */
export class ByteWriter {
  #view = new DataView(new ArrayBuffer(1024));
  #length = 0;

  u8(value: number): void {
    const at = this.#room(1);
    this.#view.setUint8(at, value);
  }

  u32(value: number): void {
    const at = this.#room(4);
    this.#view.setUint32(at, value, true);
  }

  f64(value: number): void {
    const at = this.#room(8);
    this.#view.setFloat64(at, value, true);
  }

  /** UTF-16 as JavaScript has it, lone surrogates and all, after how many units there are. */
  string(value: string): void {
    this.u32(value.length);
    const start = this.#room(2 * value.length);
    for (let i = 0; i < value.length; i++) this.#view.setUint16(start + 2 * i, value.charCodeAt(i), true);
  }

  bytes(value: Uint8Array): void {
    const start = this.#room(value.length);
    new Uint8Array(this.#view.buffer).set(value, start);
  }

  written(): Uint8Array {
    return new Uint8Array(this.#view.buffer, 0, this.#length);
  }

  #room(bytes: number): number {
    const start = this.#length;
    this.#length += bytes;
    if (this.#length > this.#view.byteLength) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#view.byteLength));
      larger.set(new Uint8Array(this.#view.buffer));
      this.#view = new DataView(larger.buffer);
    }
    return start;
  }
}

/** Reads what {@link ByteWriter} wrote. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  u32(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  f64(): number {
    return this.#view.getFloat64(this.#skip(8), true);
  }

  string(): string {
    const length = this.u32();
    const start = this.#skip(2 * length);
    let value = '';
    for (let i = 0; i < length; i++) value += String.fromCharCode(this.#view.getUint16(start + 2 * i, true));
    return value;
  }

  rest(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }

  /** @throws RangeError where there are not so many bytes left. */
  #skip(bytes: number): number {
    if (bytes > this.left) throw new RangeError(`it ends ${bytes - this.left} bytes too early`);
    const start = this.#at;
    this.#at += bytes;
    return start;
  }
}

let crcTable: Uint32Array | undefined;

/** By byte; made with the first snapshot or restore, since it takes a millisecond. */
function tableOfCrc(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc;
  });
}

/** The CRC-32 of ISO 3309, which any change of up to 32 bits in a row changes. */
export function crc32(bytes: Uint8Array): number {
  crcTable ??= tableOfCrc();
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (crcTable[(crc ^ byte) & 255] as number);
  return ~crc >>> 0;
}
