import { ManualClock, readClock, waitClock } from '@headgate/core-ts';
import { expect, it } from 'vitest';
import { Lanes } from './lanes.js';

const HELD = { retryAfterMs: 60_000, limits: [] };

function lanes() {
  const clock = new ManualClock();
  return { clock, lanes: new Lanes(waitClock(readClock(clock)), 0.5) };
}

it('a lane that nobody needs and that knows nothing goes, and one that holds calls stays', () => {
  const { clock, lanes: all } = lanes();
  const held = all.of('held');
  held.note(HELD);
  const busy = all.of('busy');
  busy.present++;
  for (let i = 0; i < 5000; i++) all.of(`idle ${i}`);
  expect(all.size).toBeLessThanOrEqual(1000);
  expect([all.of('held'), all.of('busy')]).toEqual([held, busy]);
  expect(all.of('held').stayMs()).toBe(60_000);
  clock.advance(60_000);
  for (let i = 0; i < 1000; i++) all.of(`later ${i}`);
  expect(all.of('held').stayMs()).toBe(0);
});

it('there are never more than a hundred thousand, whatever servers say', () => {
  const { lanes: all } = lanes();
  for (let i = 0; i < 150_000; i++) all.of(`${i}`).note(HELD);
  expect(all.size).toBeLessThanOrEqual(100_000);
  expect(all.of('149999').stayMs()).toBe(60_000);
  expect(all.of('0').stayMs()).toBe(0);
});
