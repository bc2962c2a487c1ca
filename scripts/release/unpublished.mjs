// Prints `version=1.2.3` where the registry has not all packages in their version, and `version=` where it has: what a
// release still has to publish. A registry that does not answer is an error, and no answer.
import { spawnSync } from 'node:child_process';
import { readPackages } from './packages.mjs';
import { TARGETS } from './targets.mjs';

const packages = readPackages(Object.keys(TARGETS)).map(({ manifest }) => manifest);
const isMissing = packages.some(({ name, version }) => !has(`${name}@${version}`));
console.log(`version=${isMissing ? packages[0].version : ''}`);

function has(spec) {
  const { stdout, stderr } = spawnSync('npm', ['view', spec, 'version', '--json'], { encoding: 'utf8' });
  const { error } = stdout === '' ? {} : JSON.parse(stdout);
  if (error !== undefined && error.code !== 'E404') throw new Error(`npm view ${spec}: ${stderr}`);
  return stdout !== '' && error === undefined;
}
