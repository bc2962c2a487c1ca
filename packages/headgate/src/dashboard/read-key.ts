import type { EndpointCall } from '../http/serve/endpoint.js';
import type { WatchedLimiter, WatchedLimiters } from '../http/serve/watched-limiter.js';
import { Refused } from './refused.js';

/** Ten years, the longest that a limiter blocks for. */
const MOST_SECONDS = 315_360_000;

interface BodyFields {
  readonly limiter?: unknown;
  readonly key?: unknown;
  readonly seconds?: unknown;
}

/** A key as long as the headers of a request may be in Node, 16 KiB, with each of its characters escaped. */
const MOST_BYTES = 128 * 1024;

/**
 * Which key of which limiter a body names: `{ "limiter": "api", "key": "203.0.113.7" }`. It is no part of the URL,
 * since those end in logs.
 *
 * @throws Refused for a body that names none.
 */
export async function readKey(
  body: EndpointCall['body'],
  limiters: WatchedLimiters,
): Promise<{ readonly limiter: WatchedLimiter; readonly key: string; readonly fields: BodyFields }> {
  const fields = fieldsOf('read' in body ? body.read : await textOf(body.unread));
  const { limiter: name, key } = fields;
  if (typeof name !== 'string') throw new Refused(400, 'The body must have a string "limiter"');
  if (typeof key !== 'string') throw new Refused(400, 'The body must have a string "key"');
  const limiter = limiters.get(name);
  if (limiter === undefined) throw new Refused(404, `There is no limiter ${JSON.stringify(name)}`);
  return { limiter, key, fields };
}

/**
 * For how long a body wants the key blocked.
 *
 * @throws Refused for what is no whole number of seconds from 1 to ten years.
 */
export function readSeconds({ seconds }: BodyFields): number {
  if (Number.isInteger(seconds) && Number(seconds) >= 1 && Number(seconds) <= MOST_SECONDS) return Number(seconds);
  throw new Refused(400, `The body must have "seconds", a whole number from 1 to ${MOST_SECONDS}`);
}

/** What a framework has read already is text, bytes, or an object that it made of JSON. */
function fieldsOf(read: unknown): BodyFields {
  const value =
    typeof read === 'string'
      ? parsedBody(read)
      : read instanceof Uint8Array
        ? parsedBody(new TextDecoder().decode(read))
        : read;
  if (typeof value !== 'object' || value === null) throw new Refused(400, 'The body must be a JSON object');
  return value;
}

function parsedBody(text: string): unknown {
  if (text === '') throw new Refused(400, 'The body is empty; one that was read already is expected as request.body');
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(400, 'The body must be a JSON object');
  }
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) throw new Refused(413, `The body must have ${MOST_BYTES} bytes at the most`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
