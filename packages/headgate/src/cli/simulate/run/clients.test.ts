import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isBeyond } from './client.js';
import { Clients } from './clients.js';

const digits = fc.constantFrom(
  '0',
  '00',
  '01',
  '1',
  '10',
  '127',
  '128',
  '255',
  '256',
  '999',
  '',
  '-1',
  ' 1',
  '1 ',
  '１',
);
const nearlyAddress = fc.array(digits, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('.'));
/** Halves of characters too, as JSON may have them. */
const units = fc.array(fc.nat(0xffff), { maxLength: 30 }).map((all) => String.fromCharCode(...all));
const halved = fc.string().map((text) => `${text}\ud83d`);
const key = fc.oneof(fc.ipV4(), nearlyAddress, fc.string(), units, halved, fc.nat().map(String));

it('a client is one key and a key is one client, however near keys are to addresses', () => {
  fc.assert(
    fc.property(fc.array(key, { minLength: 1, maxLength: 50 }), (keys) => {
      const clients = new Clients(keys.length);
      const found = keys.map((each) => clients.of(each));
      expect(found.map((each) => clients.keyOf(each))).toEqual(keys);
      expect(new Set(found).size).toBe(new Set(keys).size);
      expect(keys.map((each) => clients.of(each))).toEqual(found);
    }),
  );
});

it.each(['0.0.0.0', '127.255.255.255', '128.0.0.0', '255.255.255.255', '192.0.2.1'])('%s is given back', (address) => {
  const clients = new Clients(1);
  expect(clients.keyOf(clients.of(address))).toBe(address);
});

it('one beyond the room has its key, and is counted apart', () => {
  const clients = new Clients(1);
  const [first, second, third] = ['a', 'b', '192.0.2.1'].map((each) => clients.of(each)) as [number, number, number];
  expect([first, second, third].map(isBeyond)).toEqual([false, true, true]);
  expect([second, third].map((each) => clients.keyOf(each))).toEqual(['b', '192.0.2.1']);
  for (const each of [third, first, second]) clients.countRequest(each);
  expect([clients.beyond, Array.from(clients.decided(), (each) => clients.keyOf(each))]).toEqual([2, ['a']]);
});
