import { createGunzip } from 'node:zlib';

/** So much is unpacked at once: of a log some ten times as much comes out, and of no more than two pieces it is held. */
const PIECE_BYTES = 8 * 1024;
const CHUNK_BYTES = 16 * 1024;

/**
 * Unpacks gzip, and hands over all that comes before a damage. Node's Gunzip throws away what it has unpacked of the
 * piece in which it finds one: so a first one shows whether a piece is sound, and the second, whose output is taken,
 * gets a damaged one byte by byte.
 */
export async function* unpacked(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const unpacker = new Unpacker();
  try {
    for await (const { piece, damage } of ahead(scouted(source))) {
      if (damage === undefined) await unpacker.put(piece);
      else for (let i = 0; i < piece.length; i++) await unpacker.put(piece.subarray(i, i + 1));
      yield* unpacker.take();
      if (damage !== undefined) throw damage;
    }
    const isCut = await unpacker.end();
    yield* unpacker.take();
    if (isCut !== undefined) throw isCut;
  } finally {
    unpacker.close();
  }
}

/** Each piece, and the damage that is in it or was in one before. */
async function* scouted(source: AsyncIterable<Buffer>): AsyncGenerator<{ piece: Buffer; damage: Error | undefined }> {
  const scout = new Unpacker();
  try {
    for await (const piece of inPieces(source)) {
      const damage = await scout.put(piece);
      scout.take();
      yield { piece, damage };
    }
  } finally {
    scout.close();
  }
}

/** Asks for the next while whoever asks is at work on the one before. */
export async function* ahead<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    for (let next = source.next(); ; ) {
      const { value, done } = await next;
      if (done === true) return;
      next = source.next();
      next.catch(() => {}); // who asks for it is told
      yield value;
    }
  } finally {
    await source.return(undefined);
  }
}

async function* inPieces(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of source)
    for (let from = 0; from < chunk.length; from += PIECE_BYTES) yield chunk.subarray(from, from + PIECE_BYTES);
}

/** A Gunzip that is done with a piece before the next is put in. */
class Unpacker {
  readonly #gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  #out: Buffer[] = [];
  /** Whether the end has come, behind which there are zeros alone. */
  #isOver = false;
  #damage: Error | undefined;
  #done: () => void = () => {};

  constructor() {
    this.#gunzip.on('data', (chunk: Buffer) => this.#out.push(chunk));
    this.#gunzip.on('end', () => {
      this.#isOver = true;
      this.#done();
    });
    this.#gunzip.on('error', (error) => {
      this.#damage = error;
      this.#done();
    });
  }

  /** Answers the damage that is in the piece, or was in one before. */
  put(piece: Buffer): Promise<Error | undefined> {
    return this.#doing((done) => this.#gunzip.write(piece, done));
  }

  /** Answers what is wrong with an end here. */
  end(): Promise<Error | undefined> {
    return this.#doing(() => this.#gunzip.end());
  }

  /** What has been unpacked since it was taken last. */
  take(): Buffer[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  close(): void {
    this.#gunzip.destroy();
  }

  async #doing(begin: (done: () => void) => void): Promise<Error | undefined> {
    if (!this.#isOver && this.#damage === undefined)
      await new Promise<void>((resolve) => {
        this.#done = resolve;
        begin(resolve);
      });
    return this.#damage;
  }
}
