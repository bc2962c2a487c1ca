import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Series } from './series.js';

it('no request is lost from the counts over time, whenever it was', () => {
  const step = fc.constantFrom(0, 1, 999, 1000, 59_000, 3_600_000, 86_400_000, 31_536_000_000);
  const start = fc.integer({ min: -4_000_000_000_000, max: 4_000_000_000_000 });
  fc.assert(
    fc.property(start, fc.array(step, { maxLength: 60 }), (startMs, steps) => {
      const series = new Series(2);
      let timeMs = startMs;
      for (const each of [0, ...steps]) {
        timeMs += each;
        series.add(timeMs, 0);
      }
      series.add(timeMs, 1);
      const [requests, denied] = [series.of(0), series.of(1)];
      expect(requests.reduce((sum, count) => sum + count, 0)).toBe(steps.length + 1);
      expect(denied.lastIndexOf(1)).toBe(Math.floor((timeMs - series.startMs) / series.stepMs));
      expect(series.startMs).toBeLessThanOrEqual(startMs);
    }),
    {
      examples: [
        [-1500, []],
        [-3_600_000, [3_540_000]],
      ],
    },
  );
});
