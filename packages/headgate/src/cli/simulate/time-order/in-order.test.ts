import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InOrder } from './in-order.js';

it('what was pushed comes out by time, and of one time in the order in which it came', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { maxLength: 600 }), (times) => {
      const inOrder = new InOrder(1000);
      times.forEach((timeMs, i) => {
        inOrder.push(timeMs, 0, i);
      });
      const got: [number, number][] = [];
      for (; inOrder.size > 0; inOrder.shift()) got.push([inOrder.timeMs, inOrder.line]);
      const wanted = times.map((timeMs, i): [number, number] => [timeMs, i]).sort((a, b) => a[0] - b[0]);
      expect(got).toEqual(wanted);
    }),
  );
});
