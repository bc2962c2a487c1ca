import fc from 'fast-check';
import parseForwarded from 'forwarded-parse';
import { describe, expect, it } from 'vitest';
import { address } from '../../../../test/http/arbitraries/address.js';
import { clientWritten, element, elementOf } from '../../../../test/http/arbitraries/forwarded.js';
import { readForwarded } from './forwarded.js';

const nodesOf = (value: string) => [...readForwarded('forwarded', value)];
const entriesOf = (value: string) => [...readForwarded('x-forwarded-for', value)];

describe('Forwarded', () => {
  it('has the same nodes as forwarded-parse finds in a well-formed field, from the right', () => {
    const separator = fc.constantFrom(',', ', ', ',\t');
    const field = fc.tuple(fc.array(element, { minLength: 1, maxLength: 5 }), separator);
    fc.assert(
      fc.property(field, ([elements, comma]) => {
        const value = elements.map(({ text }) => text).join(comma);
        const nodes = parseForwarded(value).map((each) => each.for);
        expect([value, nodesOf(value)]).toEqual([value, nodes.reverse()]);
      }),
      { numRuns: 1000 },
    );
  });

  it('has what a proxy appended first, whatever the client wrote to the left of it', () => {
    const appended = address.chain((text) => fc.tuple(fc.constant(text), elementOf(text)));
    fc.assert(
      fc.property(clientWritten, fc.array(appended, { minLength: 1, maxLength: 4 }), (left, right) => {
        const value = [left, ...right.map(([, text]) => text)].join(', ');
        const wanted = right.map(([text]) => (text.includes(':') ? `[${text}]` : text)).reverse();
        expect([value, nodesOf(value).slice(0, right.length)]).toEqual([value, wanted]);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes no node from within a quoted string, where a client may have written it', () => {
    expect(nodesOf('by=_a;host="x;for=6.6.6.6;y";for=1.2.3.4')).toEqual(['1.2.3.4']);
    expect(nodesOf('host="x, for=6.6.6.6";for=1.2.3.4')).toEqual(['1.2.3.4']);
    expect(nodesOf('host="x\\", for=6.6.6.6";for=1.2.3.4')).toEqual(['1.2.3.4']);
    expect(nodesOf('for=6.6.6.6, by="\\\\";for=1.2.3.4')).toEqual(['1.2.3.4', '6.6.6.6']);
    expect(nodesOf('ext-for=6.6.6.6')).toEqual(['']);
  });

  it('reads no node where an element names none, names two, or is broken', () => {
    const none = [
      '',
      ';',
      ';;',
      'for',
      'for=',
      'for=""',
      'by=1.2.3.4',
      'for="1.2.3.4',
      'for=1.2.3.4"',
      '"for=1.2.3.4"',
    ];
    const two = ['for=1.2.3.4;for=5.6.7.8', 'host=evil;for=6.6.6.6;for=1.2.3.4', 'for=1.2.3.4 5', 'for=1.2.3.4;x y=z'];
    for (const value of [...none, ...two]) expect([value, nodesOf(value)]).toEqual([value, ['']]);
  });

  it('allows for empty pairs, a semicolon at the end and spaces between pairs', () => {
    for (const value of [';for=1.2.3.4', 'for=1.2.3.4;', ' ;; for=1.2.3.4 ; ;by=x; '])
      expect([value, nodesOf(value)]).toEqual([value, ['1.2.3.4']]);
    expect(nodesOf('for=[2001:db8::1]:80')).toEqual(['[2001:db8::1]:80']); // without the quotes that it needs
  });
});

describe('X-Forwarded-For', () => {
  it('has its entries from the right', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string().map((text) => text.replaceAll(',', '')),
          { minLength: 1 },
        ),
        (entries) => {
          expect(entriesOf(entries.join(','))).toEqual(entries.map((entry) => entry.trim()).reverse());
        },
      ),
    );
    expect(entriesOf(',')).toEqual(['', '']);
  });

  it('has what a proxy appended first, whatever the client wrote to the left of it', () => {
    fc.assert(
      fc.property(clientWritten, fc.array(address, { minLength: 1, maxLength: 4 }), (left, right) => {
        const value = [left, ...right].join(', ');
        expect(entriesOf(value).slice(0, right.length)).toEqual(right.reverse());
      }),
    );
  });
});

describe('reading from the right', () => {
  const hostile = [
    '10.0.0.1, ',
    ',',
    ' ,',
    '"',
    '\\',
    '\\"',
    '" ,',
    ';',
    ' ',
    'for="',
    'for=10.0.0.1, ',
    'for=";',
    ';for="\\',
    'a',
  ];

  it('looks at each character a few times at the most', () => {
    for (const header of ['x-forwarded-for', 'forwarded']) {
      for (const unit of hostile) {
        const value = counted(unit.repeat(10_000));
        for (const _ of readForwarded(header, value.text));
        expect([header, unit, value.looks() <= 4 * value.text.length]).toEqual([header, unit, true]);
      }
    }
  });

  it('looks at no more than it is asked for', () => {
    for (const header of ['x-forwarded-for', 'forwarded']) {
      const value = counted('for=10.0.0.1, '.repeat(10_000));
      const nodes = readForwarded(header, value.text);
      for (let i = 0; i < 10; i++) nodes.next();
      expect(value.looks()).toBeLessThan(10 * 100);
    }
  });
});

/** A text that counts how many of its characters are looked at: one by one, in a slice, or by a search. */
function counted(text: string): { readonly text: string; looks(): number } {
  let looks = 0;
  const methods = {
    slice: (start: number, end = text.length) => noted(text.slice(start, end), Math.max(0, end - start)),
    lastIndexOf: (search: string, from: number) => {
      const found = text.lastIndexOf(search, from);
      return noted(found, Math.min(from, text.length) - found);
    },
  };
  const noted = <T>(value: T, count: number): T => {
    looks += count;
    return value;
  };
  const watched = new Proxy(methods, {
    get: (own, name) =>
      name === 'length' ? text.length : (Reflect.get(own, name) ?? noted(Reflect.get(Object(text), name), 1)),
  });
  return { text: watched as unknown as string, looks: () => looks };
}
