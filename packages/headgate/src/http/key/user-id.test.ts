import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { userId } from './user-id.js';

const FIELDS = ['id', '_id', 'sub', 'userId', 'username'];

describe('userId', () => {
  it('is the id itself, or the first one that the object has', () => {
    const id = fc.oneof(fc.string({ minLength: 1 }), fc.integer(), fc.bigInt());
    fc.assert(
      fc.property(
        id,
        fc.subarray(FIELDS, { minLength: 1 }),
        fc.constantFrom(undefined, null),
        (value, fields, unset) => {
          const [first = ''] = fields;
          const user = {
            ...Object.fromEntries(FIELDS.map((name) => [name, unset])),
            ...Object.fromEntries(fields.map((name) => [name, `other ${name}`])),
            [first]: value,
          };
          expect([userId(value), userId(user)]).toEqual([String(value), String(value)]);
        },
      ),
    );
  });

  it('is none where nobody is signed in', () => {
    expect([userId(undefined), userId(null), userId(false)]).toEqual([undefined, undefined, undefined]);
  });

  it('is what an id object writes itself as', () => {
    expect(userId({ _id: { toString: () => '507f191e810c19729de860ea' } })).toBe('507f191e810c19729de860ea');
    expect(userId({ id: new URL('urn:uuid:1') })).toBe('urn:uuid:1');
  });

  it('is another one for other bytes, which need not be text', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 16 });
    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        const same = Buffer.from(one).equals(other);
        expect(userId({ id: Buffer.from(one) }) === userId({ id: Buffer.from(other) })).toBe(same);
      }),
      { examples: [[new Uint8Array([0xff]), new Uint8Array([0xfe])]] }, // as UTF-8 both are U+FFFD
    );
  });

  it('is none for a user that nothing tells from another, whatever a client wrote', () => {
    const ids: unknown[] = [
      '',
      {},
      [],
      ['ada'],
      { toString: 'ada' },
      { toString: null, valueOf: 1 },
      true,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Symbol('id'),
      () => 'id',
      new Uint8Array(),
      new Map(),
    ];
    for (const id of ids) expect(userId({ id })).toBeUndefined();
    for (const user of [...ids, { name: 'ada' }, Object.create(null)]) expect(userId(user)).toBeUndefined();
  });

  it('is an id or none for all that JSON can say, and never an error', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(...FIELDS), (json, field) => {
        for (const user of [JSON.parse(json), { [field]: JSON.parse(json) }]) {
          const id = userId(user);
          expect(id === undefined || (typeof id === 'string' && id !== '')).toBe(true);
        }
      }),
      {
        examples: [
          ['{"toString":1}', 'id'],
          ['{"id":{"toString":{}}}', 'id'],
          ['[[""]]', 'id'],
        ],
      },
    );
  });
});
