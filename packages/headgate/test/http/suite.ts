import { describe, it } from 'vitest';
import { answers } from './cases/answers.js';
import { badInput } from './cases/bad-input.js';
import { clients } from './cases/clients.js';
import { fields } from './cases/fields.js';
import { identity } from './cases/identity.js';
import { limits } from './cases/limits.js';
import { operation } from './cases/operation.js';
import { settling } from './cases/settling.js';
import { several } from './cases/several.js';
import type { AnyOptions, Framework, Rule, Running, WithServer } from './framework.js';

/** What holds for every framework, by real requests. */
export function httpSuite(framework: Framework): void {
  const skipped = new Set(Object.keys(framework.skip ?? {}));

  const rule: Rule = (name, test) => {
    const reason = framework.skip?.[name];
    skipped.delete(name);
    if (reason === undefined) it(name, test);
    else it.skip(`${name} (skipped: ${reason})`, test);
  };

  const withServer: WithServer = async (limiters, test) => {
    const list = Array.isArray(limiters) ? limiters : [limiters];
    const running: Running = await framework.start(list as AnyOptions[]);
    try {
      await test(running.url);
    } finally {
      await running.close();
    }
  };

  describe(`every framework's rules: ${framework.name}`, () => {
    for (const declare of [limits, answers, fields, identity, settling, several, operation, badInput, clients])
      declare(rule, withServer);
    it('skips only what there is', () => {
      if (skipped.size > 0) throw new Error(`no test is called ${[...skipped].join(' or ')}`);
    });
  });
}
