import fc from 'fast-check';
import { expect, it } from 'vitest';
import { commonTime } from '../../../../test/cli/made-up-log.js';
import { epochMs, Times } from './times.js';

const seconds = fc.integer({ min: 0, max: 4_000_000_000 });

it('the time of the common format is read as it was written, one after the other in any order', () => {
  const times = new Times();
  fc.assert(
    fc.property(seconds, (at) => {
      expect(times.read(commonTime(new Date(at * 1000)), 0)).toBe(at * 1000);
    }),
  );
});

it('an ISO time is read as Date reads it, whatever its zone and its fraction', () => {
  const times = new Times();
  const zone = fc.constantFrom('Z', '+00:00', '+05:30', '-08:00');
  const fraction = fc.constantFrom('', '.5', '.123', '.123456');
  fc.assert(
    fc.property(seconds, zone, fraction, (at, z, f) => {
      const text = `${new Date(at * 1000).toISOString().slice(0, 19)}${f}${z}`;
      expect([text, times.read(text, 0)]).toEqual([text, Date.parse(text)]);
    }),
  );
});

it.each([
  ['17/May/2015:10:05:03 +0200', '2015-05-17T08:05:03.000Z'],
  ['17/May/2015:10:05:03 -0730', '2015-05-17T17:35:03.000Z'],
  ['2015-05-17 10:05:03', '2015-05-17T10:05:03.000Z'],
  ['2015-05-17T10:05:03+02', '2015-05-17T08:05:03.000Z'],
  ['17/May/2015:10:05:03 UTC', '2015-05-17T10:05:03.000Z'],
  ['2015-05-17 10:05:03 +0200 CEST', '2015-05-17T08:05:03.000Z'],
  ['2015-05-17 10:05:03.5 GMT', '2015-05-17T10:05:03.500Z'],
  ['29/Feb/2024:23:59:59 +0000', '2024-02-29T23:59:59.000Z'],
])('%s is %s', (text, iso) => {
  expect(new Date(new Times().read(text, 0)).toISOString()).toBe(iso);
});

it('a time is what it is alone, whatever was read before', () => {
  const zone = fc.constantFrom(
    '',
    'Z',
    '+00',
    '+00:30',
    '+0030',
    '+02',
    '+0230',
    '+02:30',
    ' +0000',
    ' +02',
    ' +0230',
    ' UTC',
    ' UTC+2',
    ' CET',
    'z',
  );
  const text = fc.tuple(fc.integer({ min: 0, max: 120 }), fc.boolean(), zone).map(([at, isIso, z]) => {
    const date = new Date(Date.UTC(2024, 1, 29, 12) + at * 1000);
    return (isIso ? date.toISOString().slice(0, 19) : commonTime(date).slice(0, 20)) + z;
  });
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 8 }), (texts) => {
      const times = new Times();
      expect(texts.map((each) => times.read(each, 0))).toEqual(texts.map((each) => new Times().read(each, 0)));
    }),
    { examples: [[['2015-05-17T10:05:03+00', '2015-05-17T10:05:03+00:30']]] },
  );
});

it('a date that no calendar has is none, and no text throws', () => {
  const times = new Times();
  expect(times.read('17/May/2015:10:05:03 +0000', 0)).not.toBeNaN();
  for (const text of [
    '29/Feb/2023:00:00:00 +0000',
    '17/Mai/2015:10:05:03 +0000',
    '17/May/2015:24:05:03 +0000',
    '17/May/2015:10:05:61 +0000',
    '17/May/2015:10:05:0x +0000',
    '17/May/2015:10:05:03 +9999',
    '17/May/2015:10:05:03 +0060',
    '17/May/2015:10:05:03 CET',
    '2015-05-17T10:05:03.123 GMT+0200',
    '17/May/0050:10:05:03 +0000',
    '2015-13-01T00:00:00Z',
    '',
  ])
    expect([text, times.read(text, 0)]).toEqual([text, Number.NaN]);
  fc.assert(fc.property(fc.string(), fc.nat(20), (text, at) => typeof times.read(text, at) === 'number'));
});

it('a number is seconds, milliseconds, microseconds or nanoseconds, by its size', () => {
  const ms = Date.UTC(2024, 1, 29);
  for (const number of [ms / 1000, ms, ms * 1000, ms * 1e6]) expect(epochMs(number)).toBe(ms);
  for (const number of [0, -1, Number.NaN, 12, 1e20, 8.7e21, 1e30, Number.POSITIVE_INFINITY])
    expect(epochMs(number)).toBeNaN();
});
