import { writeFileSync } from 'node:fs';
import { output } from './built.mjs';

/** Jest resolves for a browser in the first two, so no binary is looked for there. */
const ENVIRONMENTS = { jsdom: 'ts', '@happy-dom/jest-environment': '(native|ts)', node: 'native' };

for (const [environment, backend] of Object.entries(ENVIRONMENTS)) {
  const file = `${environment.replace(/\W/g, '')}.test.cjs`;
  writeFileSync(
    file,
    `/** @jest-environment ${environment} */
const { RateLimiter } = require('headgate');
test('a limiter decides', () => {
  const limiter = new RateLimiter({ limit: 1, windowSeconds: 60 });
  expect(limiter.backend).toMatch(/^${backend}$/);
  expect([limiter.allow('k'), limiter.allow('k')]).toEqual([true, false]);
});
`,
  );
}
const config = JSON.stringify({ testMatch: ['**/*.test.cjs'] });
output(process.execPath, ['node_modules/jest/bin/jest.js', '--config', config], { stdio: ['ignore', 'pipe', 'pipe'] });
