const { login } = require('./login.cjs');

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('a fourth try waits for a minute', () => {
  const tries = [login('ann'), login('ann'), login('ann'), login('ann')];
  expect(tries.at(-1)).toBe('too many tries');
  jest.advanceTimersByTime(60_000);
  expect(login('ann')).toBe('welcome');
});
