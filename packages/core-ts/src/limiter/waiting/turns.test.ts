import { describe, expect, it } from 'vitest';
import { Turns } from './turns.js';

/** Later turns come when they are called for. */
function turnsOf(go: (item: string, step: () => boolean) => boolean) {
  const later: (() => void)[] = [];
  const failed: string[] = [];
  const after = (_ms: number, wake: () => void) => {
    later.push(wake);
    return () => {};
  };
  const clock = { now: () => 0, after, hasNewTimers: () => false, lagMs: 0 };
  const turns = new Turns<string>(clock, { go, fail: (item, error) => failed.push(`${item}: ${error}`) });
  return { turns, later, failed, clock };
}

describe('turns', () => {
  it('do at most 500 steps each, and an item that spends one goes on behind the others', () => {
    const left = new Map([
      ['a', 1200],
      ['b', 3],
    ]);
    const done: string[] = [];
    const { turns, later } = turnsOf((item, step) => {
      for (let more = left.get(item) ?? 0; more > 0; more--) {
        if (!step()) return false;
        left.set(item, more - 1);
      }
      done.push(item);
      return true;
    });
    turns.add('a');
    turns.add('b');
    turns.start();
    expect(left.get('a')).toBeGreaterThan(600);
    turns.start(); // no turn within a turn
    expect(later).toHaveLength(1);
    later.shift()?.();
    expect(done).toEqual(['b']);
    while (later.length > 0) later.shift()?.();
    expect(done).toEqual(['b', 'a']);
    expect([...left.values()]).toEqual([0, 0]);
  });

  it('look at no more than 500 items each', () => {
    let looks = 0;
    const { turns, later } = turnsOf(() => ++looks > 0);
    for (let i = 0; i < 700; i++) turns.add(`${i}`);
    turns.start();
    expect(looks).toBe(500);
    later.shift()?.();
    expect(looks).toBe(700);
    expect(later).toEqual([]);
  });

  it('tell what failed, and go on with the others', () => {
    const { turns, failed } = turnsOf((item) => {
      if (item === 'a') throw new Error('no time');
      return true;
    });
    turns.add('a');
    turns.add('b');
    turns.start();
    expect(failed).toEqual(['a: Error: no time']);
    expect(turns.has('a') || turns.has('b')).toBe(false);
  });

  it('tell all that is left where no later turn can be had', () => {
    const { turns, failed, clock } = turnsOf((_, step) => {
      while (step());
      return false;
    });
    clock.after = () => {
      throw new Error('no timer');
    };
    turns.add('a');
    turns.add('b');
    turns.start();
    expect(failed.sort()).toEqual(['a: Error: no timer', 'b: Error: no timer']);
  });
});
