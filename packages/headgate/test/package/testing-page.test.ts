import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../../../../', import.meta.url);
const page = readFileSync(new URL('docs/testing.md', root), 'utf8');
const recipes = [...page.matchAll(/<!-- (\S+) -->\n```js\n(.*?)```/gs)].map(([, file, code]) => ({ file, code }));

it('the page on testing has a recipe for each runner', () => {
  expect(recipes.map(({ file }) => file)).toEqual([
    'examples/testing/vitest.test.js',
    'examples/testing/jest.test.cjs',
    'examples/testing/sinon.test.js',
    'examples/testing/node-test.test.js',
    'examples/testing/manual-clock.test.js',
  ]);
});

it.each(recipes)('and what it shows is what is run: $file', ({ file, code }) => {
  expect(code).toBe(readFileSync(new URL(String(file), root), 'utf8'));
});
