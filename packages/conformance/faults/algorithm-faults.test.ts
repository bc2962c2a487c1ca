import { describe } from 'vitest';
import { catches, coreWith, RUNS, SEQUENTIAL } from './catching.js';
import { algorithmFaults } from './kinds/algorithm-faults.js';

describe('the laws catch every seeded fault', () => {
  catches(algorithmFaults, { laws: SEQUENTIAL, engineWith: coreWith, runs: RUNS });
});
