import { describe } from 'vitest';
import { catches, coreWith, RUNS, SEQUENTIAL } from './catching.js';
import { engineFaults } from './kinds/engine-faults.js';
import { policyFaults } from './kinds/policy-faults.js';

describe('the laws catch every seeded fault', () => {
  catches([...engineFaults, ...policyFaults], { laws: SEQUENTIAL, engineWith: coreWith, runs: RUNS });
});
