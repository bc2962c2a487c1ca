import assert from 'node:assert/strict';
import { it } from 'node:test';
import { login } from './login.cjs';

it('a fourth try waits for a minute', ({ mock }) => {
  mock.timers.enable({ apis: ['Date', 'setTimeout'] });
  const tries = [login('ann'), login('ann'), login('ann'), login('ann')];
  assert.equal(tries.at(-1), 'too many tries');
  mock.timers.tick(60_000);
  assert.equal(login('ann'), 'welcome');
});
