import { describe } from 'vitest';
import { algorithmFaults } from './algorithm-faults.js';
import { catches, coreWith, RUNS, SEQUENTIAL } from './catching.js';

describe('the laws catch every seeded fault', () => {
  catches(algorithmFaults, { laws: SEQUENTIAL, engineWith: coreWith, runs: RUNS });
});
