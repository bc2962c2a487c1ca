import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Deadline, Deadlines } from './deadlines.js';

const steps = fc.array(fc.record({ untilMs: fc.nat({ max: 30 }), leaves: fc.option(fc.nat({ max: 40 })) }), {
  maxLength: 60,
});

it('the earliest of all that have not left is known, whoever leaves', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const deadlines = new Deadlines<Deadline>();
      const held: Deadline[] = [];
      for (const { untilMs, leaves } of all) {
        const added = { untilMs, place: -1 };
        held.push(added);
        deadlines.add(added);
        const [gone] = leaves === null ? [] : held.splice(leaves, 1);
        if (gone !== undefined) deadlines.delete(gone);
        expect(deadlines.earliest?.untilMs).toBe(held.length === 0 ? undefined : earliestOf(held));
      }
      while (held.length > 0) {
        const { earliest } = deadlines;
        expect(earliest?.untilMs).toBe(earliestOf(held));
        deadlines.delete(earliest as Deadline);
        deadlines.delete(earliest as Deadline); // one that is gone is gone
        held.splice(held.indexOf(earliest as Deadline), 1);
      }
      expect(deadlines.earliest).toBeUndefined();
    }),
  );
});

function earliestOf(held: readonly Deadline[]): number {
  return Math.min(...held.map(({ untilMs }) => untilMs));
}
