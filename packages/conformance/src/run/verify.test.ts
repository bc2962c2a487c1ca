import { createMapEngine, type EngineFactory } from '@headgate/core-ts';
import { expect, it } from 'vitest';
import { EDGE_SCENES, SCENES_WITH_STEPS_BACK } from '../laws/examples/edge-scenes.js';
import { differential } from '../scene/differential.js';
import { formatReport } from './report.js';
import { verify } from './verify.js';

const oneHeap = { 11: 'one heap per thread' };

/** It tells keys apart by their first unit. */
const shortSighted: EngineFactory = (spec) => {
  const engine = createMapEngine(spec);
  return {
    backend: 'short-sighted',
    allow: (key, cost) => engine.allow(key.slice(0, 1), cost),
    check: (key, cost) => engine.check(key.slice(0, 1), cost),
    peek: (key, cost) => engine.peek(key.slice(0, 1), cost),
    allowMany: (keys, cost) =>
      engine.allowMany(
        keys.map((key) => key.slice(0, 1)),
        cost,
      ),
    block: (key, ms) => engine.block(key.slice(0, 1), ms),
    reserve: (key, cost) => engine.reserve(key.slice(0, 1), cost),
    settle: (key, ...numbers) => engine.settle(key.slice(0, 1), ...numbers),
    reset: (key) => engine.reset(key.slice(0, 1)),
    clear: () => engine.clear(),
    cleanupExpired: () => engine.cleanupExpired(),
    get policies() {
      return engine.policies;
    },
    update: (policies) => engine.update(policies),
    snapshot: () => engine.snapshot(),
    restore: (bytes) => engine.restore(bytes),
    stats: () => engine.stats(),
  };
};

it('a right engine passes, and the report has runs and reasons', async () => {
  const report = await verify(createMapEngine, { skip: oneHeap, only: [1, 11, 17], runs: 20, seed: 1 });
  expect(report).toMatchObject({ engine: 'ts', seed: 1, passed: true });
  expect(report.laws.map(({ number, status, runs }) => [number, status, runs])).toEqual([
    [1, 'passed', EDGE_SCENES.length + 20],
    [11, 'skipped', 0],
    [17, 'passed', EDGE_SCENES.length + SCENES_WITH_STEPS_BACK.length + 20],
  ]);
  expect(formatReport(report)).toMatch(/^11 +concurrency +skipped +0 +0 +one heap per thread$/m);
});

it('a wrong engine fails with a counterexample that seed and path bring back at the first run', async () => {
  const found = await verify(shortSighted, { only: [5], runs: 1000, seed: 3 });
  const [first] = found.laws;
  expect(first).toMatchObject({ number: 5, status: 'failed' });
  const { counterexample, message, seed, path } = first?.failure ?? { seed: 0, path: '' };

  const again = await verify(shortSighted, { only: [5], seed, path });
  expect(again.laws[0]).toMatchObject({ status: 'failed', runs: 1, failure: { counterexample, message } });
  expect(formatReport(found)).toContain(`Reproduce with { only: [5], seed: ${seed}, path: '${path}' }`);
});

it('an engine that throws fails the law with what it threw', async () => {
  const broken: EngineFactory = (spec) => ({
    ...shortSighted(spec),
    check: () => {
      throw new Error('out of order');
    },
  });
  const { laws } = await verify(broken, { only: [16], runs: 50, seed: 1 });
  expect(laws[0]?.failure?.message).toContain('out of order');
});

it('law 11 without worker threads fails and says what to give', async () => {
  const { passed, laws } = await verify(createMapEngine, { only: [11], runs: 1 });
  expect(passed).toBe(false);
  expect(laws[0]?.failure?.message).toContain('give concurrency: { module, export }');
});

it.each([
  [
    'no such module',
    { module: '/no/such/module.mjs', export: 'create' },
    /a worker thread failed: .*Cannot find module/,
  ],
  ['no such export', { module: 'data:text/javascript,', export: 'create' }, /has no function create/],
])('law 11 with %s fails and names it', async (_why, concurrency, message) => {
  const { laws } = await verify(createMapEngine, { only: [11], runs: 1, concurrency });
  expect(laws[0]?.failure?.message).toMatch(message);
});

it('two engines that differ are told apart, with the field', async () => {
  const result = await differential(shortSighted, createMapEngine, { runs: 1000, seed: 1 });
  expect(result).toMatchObject({ name: 'differential between engines', status: 'failed' });
  expect(result.failure?.message).toMatch(/(was|answered) .*, expected/);
});

it('an engine does not differ from itself', async () => {
  expect(await differential(createMapEngine, createMapEngine, { runs: 20, seed: 1 })).toMatchObject({
    status: 'passed',
  });
});
