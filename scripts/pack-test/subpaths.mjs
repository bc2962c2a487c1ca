// Every subpath loads where no framework is installed; one that can't do without says what to install.
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { exports } = JSON.parse(readFileSync(require.resolve('headgate/package.json'), 'utf8'));
const NEEDS = { 'headgate/nest': '@nestjs/common' };

for (const subpath of Object.keys(exports).filter((each) => each !== './package.json')) {
  const name = `headgate${subpath.slice(1)}`;
  for (const load of [() => import(name), async () => require(name)]) {
    if (NEEDS[name] === undefined) assert.ok(Object.keys(await load()).length > 0, name);
    else
      await assert.rejects(
        load,
        ({ message, cause }) => message.includes(`npm install ${NEEDS[name]}`) && cause instanceof Error,
        name,
      );
  }
}
