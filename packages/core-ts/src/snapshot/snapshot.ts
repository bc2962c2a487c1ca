import type { Engine } from '../contract.js';
import { show } from '../show.js';
import { ByteReader, ByteWriter, crc32 } from './bytes.js';

/*
 * A snapshot: "HGSN", the version, the backend, the policies as JSON, what the engine wrote, and the CRC-32 of
 * all that. Times in it are relative to when it was made.
 */

const MAGIC = 0x4e534748;
const VERSION = 1;
const CRC_BYTES = 4;

export function snapshotOf(engine: Engine): Uint8Array {
  const { policies, bytes } = engine.snapshot();
  const writer = new ByteWriter();
  writer.u32(MAGIC);
  writer.u8(VERSION);
  writer.string(engine.backend);
  writer.string(JSON.stringify(policies));
  writer.bytes(bytes);
  writer.u32(crc32(writer.written()));
  return writer.written();
}

/**
 * Replaces all that an engine holds.
 *
 * @throws TypeError or RangeError that says what is wrong with the bytes; nothing changes then.
 */
export function restoreInto(engine: Engine, bytes: Uint8Array): void {
  if (!(bytes instanceof Uint8Array)) throw new TypeError(`snapshot must be a Uint8Array, got ${show(bytes)}`);
  try {
    // A copy first, since memory that threads share could change between the check and the reading; `slice` of a
    // Buffer is none.
    engine.restore(payloadOf(new Uint8Array(bytes), engine));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`the snapshot of ${bytes.length} bytes can't be restored: ${error.message}`, { cause: error });
  }
}

function payloadOf(bytes: Uint8Array, { backend, policies }: Engine): Uint8Array {
  const reader = new ByteReader(bytes);
  if (reader.u32() !== MAGIC) throw new RangeError('it is none of headgate');
  const version = reader.u8();
  if (version !== VERSION) throw new RangeError(`it has the version ${version}, and only ${VERSION} is known here`);
  const end = bytes.length - CRC_BYTES;
  if (end < 0 || new ByteReader(bytes.subarray(end)).u32() !== crc32(bytes.subarray(0, end)))
    throw new RangeError('it is damaged');
  const madeBy = reader.string();
  if (madeBy !== backend)
    throw new RangeError(`it was made by the ${show(madeBy)} engine, and this is ${show(backend)}`);
  const made = reader.string();
  if (made !== JSON.stringify(policies))
    throw new RangeError(`it was made for ${made}, and this limiter has ${JSON.stringify(policies)}`);
  return reader.rest().subarray(0, -CRC_BYTES);
}
