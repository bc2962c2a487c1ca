import { createMapEngine } from '@headgate/core-ts';
import { conformance } from '../src/vitest.js';

conformance(createMapEngine, { skip: { 11: 'the TypeScript engine has one heap per thread and refuses shared' } });
