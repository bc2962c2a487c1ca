import { describe } from 'vitest';
import { catches, coreWith, RUNS, SEQUENTIAL } from './catching.js';
import { waitFaults } from './kinds/wait-faults.js';

describe('the laws catch every seeded fault', () => {
  catches(waitFaults, { laws: SEQUENTIAL, engineWith: coreWith, runs: RUNS });
});
