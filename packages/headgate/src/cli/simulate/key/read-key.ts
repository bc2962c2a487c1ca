import { addressKey, isDotted, parseAddress, type SubnetOf } from '../../../http/key/address/address.js';
import { UNKNOWN_ADDRESS } from '../../../http/key/address/client-address.js';
import type { LogEntry } from '../log/entry.js';

/** Answers what a request is counted by. */
export type ReadKey = (entry: LogEntry) => string;

/** What keys could not be read as they were asked for. */
export interface KeyCounts {
  /** Requests whose address is no address, and no name of a host. */
  unknownAddresses: number;
  /** Requests without what they are counted by, which are counted by address. */
  byAddress: number;
}

type Part = (entry: LogEntry) => string | undefined;

const HOST_NAME = /^(?=.*[a-z])[a-z\d](?:[a-z\d._-]*[a-z\d])?$/i;
const HEXADECIMAL = /^0x[\da-f]+$/i;
/** As many keys are remembered, so that most lines make no string. */
const MOST_REMEMBERED = 100_000;

/** @throws RangeError for a key that there is none of. */
export function readKeyOf(spec: string, subnet: SubnetOf, counts: KeyCounts): ReadKey {
  const address = addressReader(subnet, counts);
  const parts = spec.split('+').map((name) => partOf(name, spec, address));
  const remember = remembering();
  return (entry) => {
    const read = parts.map((part) => part(entry));
    if (read.some((part) => part === undefined)) {
      counts.byAddress++;
      return `ip:${address(entry)}`;
    }
    return read.length === 1 ? remember(read[0] as string) : remember(read.join(' '));
  };
}

function partOf(name: string, spec: string, address: (entry: LogEntry) => string): Part {
  const [, kind, rest = ''] = /^(ip|user|method|path)$|^(?:header|field)[: ](.+)$/.exec(name) ?? [];
  if (kind === 'ip') return address;
  if (kind === 'user') return (entry) => entry.user();
  if (kind === 'method') return (entry) => entry.method();
  if (kind === 'path') return (entry) => entry.path();
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
function addressReader(subnet: SubnetOf, counts: KeyCounts): (entry: LogEntry) => string {
  const known = new Map<string, string>();
  return (entry) => {
    const written = entry.address() ?? '';
    let key = known.get(written);
    if (key === undefined) {
      key = keyOf(written, subnet);
      if (known.size >= MOST_REMEMBERED) known.clear();
      known.set(copyOf(written), key);
    }
    if (key === UNKNOWN_ADDRESS) counts.unknownAddresses++;
    return key;
  };
}

function keyOf(written: string, subnet: SubnetOf): string {
  if (isDotted(written)) return copyOf(written);
  const parsed = parseAddress(written);
  if (parsed !== undefined) return addressKey(parsed, subnet);
  return HOST_NAME.test(written) && !HEXADECIMAL.test(written) ? copyOf(written).toLowerCase() : UNKNOWN_ADDRESS;
}

/** One string for equal ones, which keeps no line in memory. */
function remembering(): (key: string) => string {
  const known = new Map<string, string>();
  return (key) => {
    let own = known.get(key);
    if (own !== undefined) return own;
    own = copyOf(key);
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(own, own);
    return own;
  };
}

/** A string of its own: a part of another string keeps all of that in memory. */
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
