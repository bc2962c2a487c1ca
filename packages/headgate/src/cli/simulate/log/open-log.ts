import { constants, createReadStream, open as openFd } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { addAbortSignal, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { reasonOf } from '../../reason-of.js';
import { ahead, unpacked } from './unpacked.js';

/** As much is read at once, and no more than two of it are held. */
const CHUNK_BYTES = 64 * 1024;

/** A log that was opened: its bytes, unpacked. */
export interface OpenLog {
  readonly bytes: AsyncIterator<Buffer>;
  readonly isGzip: boolean;
  /** How many bytes of the file have been read by now, packed as they are. */
  read(): number;
}

/** Why a log can't be read at all. */
export class UnreadableLog extends Error {
  override readonly name = 'UnreadableLog';
}

/** The size of a file in bytes; `undefined` for what is no regular file, as a pipe. @throws UnreadableLog */
export async function sizeOf(name: string): Promise<number | undefined> {
  if (name === '-') return undefined;
  try {
    const found = await stat(name);
    if (found.isDirectory()) throw new UnreadableLog(`${name} is a folder: name the files in it`);
    if (!found.isFile()) return undefined; // who opens a pipe takes it from whoever writes
    await (await open(name, 'r')).close();
    return found.size;
  } catch (error) {
    throw error instanceof UnreadableLog ? error : new UnreadableLog(`${name}: ${reasonOf(error)}`);
  }
}

/** Opens a file, or standard input for `-`; what begins as gzip does is unpacked. @throws UnreadableLog */
export async function openLog(name: string, signal: AbortSignal): Promise<OpenLog> {
  const stream = addAbortSignal(signal, await streamOf(name));
  let read = 0;
  const counted = (async function* () {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      read += chunk.length;
      yield chunk;
    }
  })();
  const first = await firstOf(counted, name);
  const source = joined(first, counted);
  const isGzip = first.length >= 2 && first[0] === 0x1f && first[1] === 0x8b;
  if (!isGzip) refuseOthers(first, name);
  const bytes = isGzip ? ahead(unpacked(source)) : source;
  return { bytes, isGzip, read: () => read };
}

async function streamOf(name: string): Promise<Readable> {
  if (name === '-') return process.stdin;
  try {
    const isPipe = (await stat(name)).isFIFO();
    return isPipe ? await pipeOf(name) : createReadStream(name, { highWaterMark: CHUNK_BYTES });
  } catch (error) {
    throw new UnreadableLog(`${name}: ${reasonOf(error)}`);
  }
}

/** A read of a file can't be called off: on a pipe that its writer keeps open the process would wait with it. */
async function pipeOf(name: string): Promise<Readable> {
  // Linux waits for a writer in the first read; elsewhere a pipe without one is at its end.
  const waits = process.platform === 'linux' ? constants.O_NONBLOCK : 0;
  const fd = await promisify(openFd)(name, constants.O_RDONLY | waits);
  return new Socket({ fd, readable: true, writable: false });
}

async function firstOf(chunks: AsyncIterator<Buffer>, name: string): Promise<Buffer> {
  try {
    // A pipe may hand over one byte, which tells nothing.
    let first: Buffer = Buffer.alloc(0);
    while (first.length < 4) {
      const { value, done } = await chunks.next();
      if (done === true) break;
      first = Buffer.concat([first, value]);
    }
    return first;
  } catch (error) {
    throw new UnreadableLog(`${name}: ${reasonOf(error)}`);
  }
}

async function* joined(first: Buffer, others: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* others;
}

const OTHERS: readonly (readonly [magic: readonly number[], what: string])[] = [
  [[0x28, 0xb5, 0x2f, 0xfd], 'packed by zstd: unpack it, e.g. zstdcat FILE | headgate simulate -'],
  [[0xfd, 0x37, 0x7a, 0x58], 'packed by xz: unpack it, e.g. xzcat FILE | headgate simulate -'],
  [[0x42, 0x5a, 0x68], 'packed by bzip2: unpack it, e.g. bzcat FILE | headgate simulate -'],
  [[0x50, 0x4b, 0x03, 0x04], 'a zip file: unpack it, e.g. unzip -p FILE | headgate simulate -'],
  [[0xff, 0xfe], 'text in UTF-16: write it in UTF-8'],
  [[0xfe, 0xff], 'text in UTF-16: write it in UTF-8'],
];

/** One byte of so many may be 0: a line that is damaged is no reason to read none. */
const MOST_ZEROS = 100;

function refuseOthers(first: Buffer, name: string): void {
  for (const [magic, what] of OTHERS)
    if (magic.every((byte, i) => first[i] === byte)) throw new UnreadableLog(`${name} is ${what}`);
  const zeros = first.reduce((sum, byte) => sum + (byte === 0 ? 1 : 0), 0);
  if (zeros > first.length / MOST_ZEROS)
    throw new UnreadableLog(
      `${name} is no text: byte ${first.indexOf(0) + 1} of it is 0, and of that piece ${zeros} are`,
    );
}
