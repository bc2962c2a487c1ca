// Proves the released binary of this machine by the steps of the release: the kit, the binary in it, and all laws.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { platformName } from '../build/build-native.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const platform = platformName();
const binary = `headgate.${platform}.node`;
const kit = mkdtempSync(join(tmpdir(), 'headgate-kit-'));
const stdio = 'inherit';
try {
  let { status } = spawnSync(process.execPath, [join(root, 'scripts/release/kit.mjs'), kit], { stdio });
  if (status === 0) {
    const released = join(root, 'packages/core-native/npm', platform, binary);
    copyFileSync(released, join(kit, 'node_modules/@headgate', `core-native-${platform}`, binary));
    ({ status } = spawnSync(process.execPath, ['prove.mjs', platform], { cwd: kit, stdio }));
  }
  process.exitCode = status ?? 1;
} finally {
  rmSync(kit, { recursive: true });
}
