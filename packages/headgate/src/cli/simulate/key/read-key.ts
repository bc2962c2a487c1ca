import { addressKey, isDotted, parseAddress, type SubnetOf } from '../../../http/key/address/address.js';
import { UNKNOWN_ADDRESS } from '../../../http/key/address/client-address.js';
import { pathKey } from '../../../http/key/key.js';
import { handledAs } from '../../../http/options/http-methods.js';
import type { LogEntry } from '../log/entry.js';
import type { KeyCounts, Part } from './key-part.js';
import { remembering } from './remembering.js';
import { type ProxiesOfLog, sender } from './sender.js';

/** Answers what a request is counted by. */
export type ReadKey = (entry: LogEntry) => string;

const HOST_NAME = /^(?=.*[a-z])[a-z\d](?:[a-z\d._-]*[a-z\d])?$/i;
const HEXADECIMAL = /^0x[\da-f]+$/i;

/** @throws RangeError for a key that there is none of. */
export function readKeyOf(
  spec: string,
  subnet: SubnetOf,
  proxies: ProxiesOfLog | undefined,
  counts: KeyCounts,
): ReadKey {
  const address = addressReader(subnet, sender(proxies, counts), counts);
  const parts = spec.split('+').map((name) => partOf(name, spec, address));
  const [first, ...others] = parts as [Part, ...Part[]];
  const none = (entry: LogEntry) => {
    counts.byAddress++;
    return `ip:${address(entry)}`;
  };
  if (others.length === 0) return (entry) => first(entry) ?? none(entry);
  return (entry) => {
    const read = parts.map((part) => part(entry));
    return read.includes(undefined) ? none(entry) : read.map((each) => unmistakable(each as string)).join(' ');
  };
}

function partOf(name: string, spec: string, address: (entry: LogEntry) => string): Part {
  const [, kind, rest = ''] = /^(ip|user|method|path)$|^(?:header|field)[: ](.+)$/.exec(name) ?? [];
  if (kind === 'ip') return address;
  if (kind === 'user') return (entry) => entry.user();
  if (kind === 'method') return (entry) => methodKey(entry.method());
  if (kind === 'path')
    return (entry) => {
      const path = entry.path();
      return path === undefined ? undefined : pathKey(path);
    };
  if (rest !== '' && name.startsWith('header')) {
    const header = rest.toLowerCase();
    return (entry) => entry.header(header);
  }
  if (rest !== '') {
    const way = rest.split('.');
    return (entry) => entry.field(way);
  }
  throw new RangeError(
    `--key must be ip, user, method, path, header:NAME or field:NAME, or several with + between them, got ${JSON.stringify(spec)}`,
  );
}

/** The same as the adapters' `'ip'`, but for the names of hosts, which some servers log. */
function addressReader(subnet: SubnetOf, senderOf: Part, counts: KeyCounts): (entry: LogEntry) => string {
  const keyOfOther = remembering((written) => keyOf(written, subnet));
  return (entry) => {
    const written = senderOf(entry) ?? '';
    if (isDotted(written)) return written;
    const key = keyOfOther(written);
    if (key === UNKNOWN_ADDRESS) counts.unknownAddresses++;
    return key;
  };
}

function keyOf(written: string, subnet: SubnetOf): string {
  const parsed = parseAddress(written);
  if (parsed !== undefined) return addressKey(parsed, subnet);
  return HOST_NAME.test(written) && !HEXADECIMAL.test(written) ? written.toLowerCase() : UNKNOWN_ADDRESS;
}

/** One part of several, in quotes where it could be taken for two. */
function unmistakable(part: string): string {
  return /[\s"]/.test(part) ? JSON.stringify(part) : part;
}

function methodKey(method: string | undefined): string | undefined {
  return method === undefined ? undefined : handledAs(method);
}
