import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { readDateMs, readTimeMs } from './times.js';

const NOW_MS = Date.parse('2026-11-27T10:00:00Z');

describe('a date means the same in every time zone', () => {
  const { TZ } = process.env;
  afterEach(() => {
    if (TZ === undefined) delete process.env.TZ;
    else process.env.TZ = TZ;
  });

  const ZONES = { UTC: 0, 'America/New_York': 300, 'Asia/Tokyo': -540, 'Australia/Lord_Howe': -660 };
  const SAME = [
    'Fri, 27 Nov 2026 10:00:07 GMT',
    'Friday, 27-Nov-26 10:00:07 GMT',
    'Fri Nov 27 10:00:07 2026',
    'Fri, 27 Nov 2026 10:00:07',
    'Friday, 27-Nov-26 10:00:07',
    'Fri Nov 27 2026 10:00:07',
    'Fri Nov 27 10:00:07 UTC 2026',
    'Fri Nov 27 2026 12:00:07 GMT+0200 (Eastern European Standard Time)',
    'Fri, 27 Nov 2026 05:00:07 EST',
    '2026-11-27T10:00:07Z',
    '2026-11-27T10:00:07',
    '2026-11-27T10:00:07.000001',
    '2026-11-27T12:00:07+02:00',
    '2026-11-27T05:00:07-0500',
  ];
  const NONE = [
    'Fri, 27 Nov 2026',
    '2026-11-27T',
    'Fri, 27 Nov 2026 10:00:07 PM',
    'Fri, 27-Nov-2026',
    'Fri Nov 27 2026',
  ];

  it.each(Object.entries(ZONES))('%s', (zone, offset) => {
    process.env.TZ = zone;
    expect(new Date(NOW_MS).getTimezoneOffset()).toBe(offset);
    for (const date of SAME) expect([date, readTimeMs(date, NOW_MS)]).toEqual([date, 7000]);
    for (const date of NONE) expect([date, readTimeMs(date, NOW_MS)]).toEqual([date, undefined]);
  });

  it('whatever is written', () => {
    const part = fc.constantFrom(...'Fri|Nov|27|2026|2026-11-27T|10:00:07|, | |-|Z|GMT|PM|+0100'.split('|'));
    const written = fc.tuple(fc.constantFrom('Fri, 27', 'Fri Nov', '2026-11-27T'), fc.array(part, { maxLength: 6 }));
    fc.assert(
      fc.property(written, ([start, parts]) => {
        const read = Object.keys(ZONES).map((zone) => {
          process.env.TZ = zone;
          return readDateMs(start + parts.join(''));
        });
        expect(new Set(read).size).toBe(1);
      }),
      { numRuns: 2000 },
    );
  });
});
