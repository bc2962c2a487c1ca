import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { address } from '../../../../test/http/arbitraries/address.js';
import { clientWritten } from '../../../../test/http/arbitraries/forwarded.js';
import { reader } from '../../../../test/http/asked.js';
import { clientAddress, UNKNOWN_ADDRESS } from '../../../http/key/address/client-address.js';
import { readTrustProxy, type TrustProxy } from '../../../http/key/proxies/proxies.js';
import type { LogEntry } from '../log/entry.js';
import { JsonLine } from '../log/json-line.js';
import { noCounts } from './key-part.js';
import { readKeyOf } from './read-key.js';

const HEADER = 'x-forwarded-for';
const header = fc.constantFrom(HEADER, 'forwarded');
const proxies = fc.constantFrom<TrustProxy>(1, 2, 3, 'private', 'loopback, 10.0.0.0/8');
const inside = fc.constantFrom('10.1.2.3', '127.0.0.1', '192.168.0.9', '::1');
const said = fc.array(fc.oneof(address, inside, clientWritten, fc.constant('unknown')), { minLength: 1, maxLength: 5 });

/** A request as nginx logs it in JSON. */
function entryOf(remote_addr: string, value?: string, header = HEADER): LogEntry {
  const field = `http_${header.replaceAll('-', '_')}`;
  const entry = new JsonLine().read(JSON.stringify({ remote_addr, [field]: value, msec: '1700000000.000' }));
  if (!('timeMs' in entry)) throw new Error(entry.reason);
  return entry;
}

function keyBehind(trustProxy: TrustProxy, entry: LogEntry, counts = noCounts(), header = HEADER): string {
  const trusts = readTrustProxy(trustProxy);
  return readKeyOf('ip', () => 64, trusts && { trusts, header }, counts)(entry);
}

describe('the sender of a logged request, with --trust-proxy', () => {
  it('is whom the middleware finds behind the same proxies, whatever the client wrote', () => {
    fc.assert(
      fc.property(
        proxies,
        fc.oneof(address, inside),
        header,
        said,
        fc.boolean(),
        (trustProxy, socket, header, elements, named) => {
          const value = elements.map((each) => (named && header === 'forwarded' ? `for=${each}` : each)).join(', ');
          fc.pre(value.trim() !== '' && value !== '-'); // so a log writes that there was none
          const options = { trusts: readTrustProxy(trustProxy), forwardedHeader: header, subnet: () => 64 };
          const asked = { address: socket, headers: { [header]: value } };
          const found = clientAddress(reader, { ...options, warn: undefined }).key(asked) ?? UNKNOWN_ADDRESS;
          expect(keyBehind(trustProxy, entryOf(socket, value, header), noCounts(), header)).toBe(found);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is the proxy, and counted so, where the log has no header', () => {
    const counts = noCounts();
    expect(keyBehind('private', entryOf('10.0.0.1'), counts)).toBe('10.0.0.1');
    expect(keyBehind('private', entryOf('10.0.0.1', '-'), counts)).toBe('10.0.0.1');
    expect(counts).toEqual({ ...noCounts(), notForwarded: 2 });
  });

  it('is nobody that can be told where a proxy said no address', () => {
    const counts = noCounts();
    expect(keyBehind(1, entryOf('10.0.0.1', '1.2.3.4, unknown'), counts)).toBe(UNKNOWN_ADDRESS);
    expect(counts.unknownAddresses).toBe(1);
  });
});
