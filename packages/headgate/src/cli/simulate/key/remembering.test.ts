import { describe, expect, it } from 'vitest';
import { remembering } from './remembering.js';

function counted() {
  let reads = 0;
  const read = remembering((text) => {
    reads++;
    return `read ${text}`;
  });
  return { read, reads: () => reads };
}

describe('remembering', () => {
  it('answers what is read, and reads each of some texts once', () => {
    const { read, reads } = counted();
    for (let i = 0; i < 100_000; i++) expect(read(`${i % 100}`)).toBe(`read ${i % 100}`);
    expect(reads()).toBe(100);
  });

  it('reads each of many texts anew, and once more those of few that come after them', () => {
    const { read, reads } = counted();
    for (let i = 0; i < 1_000_000; i++) read(`${i}`);
    expect(reads()).toBe(1_000_000);
    for (let i = 0; i < 1_000_000; i++) expect(read(`${i % 100}`)).toBe(`read ${i % 100}`);
    expect(reads()).toBeLessThan(1_000_000 + 110_000);
  });

  it('never holds a text that is longer than an address', () => {
    const { read, reads } = counted();
    for (let i = 0; i < 10; i++) read('x'.repeat(65));
    expect(reads()).toBe(10);
  });
});
