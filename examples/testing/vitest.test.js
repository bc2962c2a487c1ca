import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { login } from './login.cjs';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('a fourth try waits for a minute', () => {
  const tries = [login('ann'), login('ann'), login('ann'), login('ann')];
  expect(tries.at(-1)).toBe('too many tries');
  vi.advanceTimersByTime(60_000);
  expect(login('ann')).toBe('welcome');
});
