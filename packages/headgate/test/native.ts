import { it } from 'vitest';
import { backends } from '../src/backend/backends.js';

const available = backends().some((backend) => backend.name === 'native' && backend.available);

/** What a test is called that is skipped where its engine is not available. */
export function titleWhere(available: boolean, name: string): string {
  return available ? name : `${name} (skipped: no native binary runs here)`;
}

/** A test of what only the native engine can; where there is none it is skipped, and says why. */
export function itNative(name: string, test: () => Promise<void>): void {
  it.skipIf(!available)(titleWhere(available, name), test);
}
