import { createMapEngine } from '@headgate/core-ts';
import { describe, expect, it } from 'vitest';
import { formatFailure } from '../src/run/report.js';
import { differential } from '../src/scene/differential.js';
import { conformance } from '../src/vitest.js';
import { findNativeEngine, nativeModule } from './native-engine.js';

const { createNativeEngine, reason } = await findNativeEngine();

if (createNativeEngine === undefined) {
  describe.skip(`the laws on the native engine (skipped: ${reason})`, () => {
    it('needs the native build', () => expect.unreachable());
  });
} else {
  conformance(createNativeEngine, { concurrency: { module: nativeModule, export: 'createNativeEngine' } });

  describe('the native engine beside the TypeScript engine', () => {
    it('answers the same on the same scene, field by field', async () => {
      const result = await differential(createNativeEngine, createMapEngine);
      expect(result.status, formatFailure(result)).toBe('passed');
    });

    it.each([1, 3, 8])('evicts the same keys where there is room for %i', async (maxKeys) => {
      const result = await differential(createNativeEngine, createMapEngine, { maxKeys });
      expect(result.status, formatFailure(result)).toBe('passed');
    });
  });
}
