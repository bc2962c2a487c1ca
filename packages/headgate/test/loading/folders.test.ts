import { describe, expect, it } from 'vitest';
import { HANG_MS, install, platform, run, temporary } from './installed.js';

const BACKEND = "console.log(new RateLimiter({ limit: 1, windowMs: 9 }).backend, backends()[0].tried[0].error ?? '')";

describe.skipIf(platform === undefined)(
  `the native engine${platform === undefined ? ' (skipped: no native binary runs here)' : ''}`,
  { timeout: HANG_MS },
  () => {
    it.each(['plain', 'with space', 'C#', 'a?b', 'a%20b', '100%', 'feature%2Flogin'])(
      'loads from a folder named %s, by CommonJS and by ES modules',
      async (name) => {
        using project = temporary(name);
        install(project.folder);
        const required = run(project.folder, `const { RateLimiter, backends } = require('headgate'); ${BACKEND}`);
        const imported = run(project.folder, `import { RateLimiter, backends } from 'headgate'; ${BACKEND}`, [
          '--input-type=module',
        ]);
        expect([await required, await imported]).toEqual(['native', 'native']);
      },
    );
  },
);
