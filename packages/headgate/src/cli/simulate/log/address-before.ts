import { parseAddress } from '../../../http/key/address/address.js';

const SPACE = 32;
const COMMA = 44;
const DASH = 45;
const LESS_THAN = 60;
/** What RFC 5424 puts before a message; it has dashes of its own. */
const SYSLOG_HEADER = /^<\d{1,3}>1 (?:[^ ]+ ){5}(?:-|(?:\[(?:[^\]\\]|\\.)*\])+) /;

/**
 * Where the address is, or the list of addresses: the word before ` - `, which is the identity that no server asks for.
 * What comes before that is the server's, as a virtual host, or syslog's. What comes after is the name of the user,
 * which the client chooses: no word of it is ever an address. `undefined`: it can't be told.
 */
export function addressBefore(line: string, bracket: number): readonly [from: number, to: number] | undefined {
  const start = line.charCodeAt(0) === LESS_THAN ? (SYSLOG_HEADER.exec(line)?.[0].length ?? 0) : 0;
  const end = line.indexOf(' ', start);
  if (end >= bracket || end < 0) return undefined;
  if (line.charCodeAt(end + 1) === DASH && line.charCodeAt(end + 2) === SPACE) return [start, end];
  const dash = line.indexOf(' - ', end);
  const hasIdentity = dash >= 0 && dash + 3 < bracket; // a dash right before the time is a user that there is none of
  if (line.charCodeAt(end - 1) === COMMA) return [start, hasIdentity ? dash : end];
  const second = wordAt(line, end + 1);
  const isFirst = parseAddress(line.slice(start, end)) !== undefined;
  if (!hasIdentity) return isFirst && parseAddress(second) === undefined ? [start, end] : undefined;
  let to = dash;
  while (line.charCodeAt(to - 1) === SPACE) to--; // columns may be filled up
  const from = startOfList(line, to);
  // Behind an address is the host of it in front, or the name that identd has told; a user's may look like either.
  if (isFirst && from > start && !isHost(second)) return isHost(wordAt(line, from)) ? undefined : [start, end];
  return [from, to];
}

/** Where the last word begins, or the words with commas between them. */
function startOfList(line: string, end: number): number {
  let from = line.lastIndexOf(' ', end - 1) + 1;
  while (from > 1 && line.charCodeAt(from - 2) === COMMA) from = line.lastIndexOf(' ', from - 3) + 1;
  return from;
}

function wordAt(line: string, from: number): string {
  return line.slice(from, line.indexOf(' ', from));
}

function isHost(word: string): boolean {
  return word.includes('.') || word.includes(':');
}
