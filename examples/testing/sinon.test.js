import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import sinon from 'sinon';
import { login } from './login.cjs';

let clock;
beforeEach(() => {
  clock = sinon.useFakeTimers();
});
afterEach(() => clock.restore());

it('a fourth try waits for a minute', () => {
  const tries = [login('ann'), login('ann'), login('ann'), login('ann')];
  assert.equal(tries.at(-1), 'too many tries');
  clock.tick(60_000);
  assert.equal(login('ann'), 'welcome');
});
