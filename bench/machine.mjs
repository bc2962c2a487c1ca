import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import os from 'node:os';

const require = createRequire(import.meta.url);
const { dependencies } = require('./package.json');

/** Where, on what and of what the figures are; `packages` are those that headgate is measured with. */
export function describeRun(packages) {
  return {
    machine: {
      cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
      cores: os.availableParallelism(),
      memoryGb: Math.round(os.totalmem() / 2 ** 30),
      os: `${os.type()} ${/^[\d.]*\d/.exec(os.release())?.[0] ?? os.release()} ${os.arch()}`,
    },
    runtime: { node: process.versions.node, v8: process.versions.v8 },
    versions: {
      headgate: require('headgate/package.json').version,
      '@headgate/core-ts': require('@headgate/core-ts/package.json').version,
      '@headgate/core-native': require('@headgate/core-native/package.json').version,
      ...Object.fromEntries(packages.map((name) => [name, dependencies[name]])),
    },
    commit: commit(),
    measuredAt: new Date().toISOString(),
  };
}

/** The commit that is checked out, and whether the figures are of more than that. */
function commit() {
  try {
    const hash = git('rev-parse', '--short=10', 'HEAD');
    return git('status', '--porcelain') === '' ? hash : `${hash} + uncommitted changes`;
  } catch {
    return 'unknown (no git)';
  }
}

function git(...args) {
  return execFileSync('git', args, {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}
