import { it } from 'vitest';
import { backends } from '../src/backend/backends.js';

const available = backends().some((backend) => backend.name === 'native' && backend.available);

/** A test of what only the native engine can; where there is none it is skipped, and says why. */
export function itNative(name: string, test: () => Promise<void>): void {
  it.skipIf(!available)(available ? name : `${name} (skipped: no native binary runs here)`, test);
}
