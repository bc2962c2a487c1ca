// Writes the lists of contents (SBOM) as a release does, for this machine's platform, and checks that they name what the
// notices name, by version and licence, and no path of this machine.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { platformName } from '../build/build-native.mjs';
import { Checks } from '../checks.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const NOTICE = /^- (?<name>\S.*?)(?: (?<version>\d\S*))? \((?<licence>.+)\)$/gm;
const OURS = /^(?:@headgate\/|headgate$)/;
const LISTS = {
  'headgate.cdx.json': 'packages/headgate',
  'headgate-native.cdx.json': join('packages/core-native/npm', platformName()),
};

const checks = new Checks();
const folder = mkdtempSync(join(tmpdir(), 'headgate-sbom-'));
const args = ['scripts/release/sbom.mjs', folder, '--platforms', platformName()];
if (checks.command('the lists of contents are written', process.execPath, args, root))
  for (const [file, package_] of Object.entries(LISTS)) await checkList(file, package_);
rmSync(folder, { recursive: true });
checks.end();

async function checkList(file, noticesOf) {
  const text = readFileSync(join(folder, file), 'utf8');
  const { components, dependencies } = JSON.parse(text);
  const notices = readFileSync(join(root, noticesOf, 'THIRD-PARTY-NOTICES.md'), 'utf8');
  await checks.attempt(
    `${file}: the components that are not ours are what the notices name, by version and licence`,
    () => {
      const named = [...notices.matchAll(NOTICE)].map(({ groups }) => lineOf(groups));
      const listed = components.filter(({ name }) => !OURS.test(name)).map((each) => lineOf(componentOf(each)));
      assert.ok(named.length > 0);
      assert.deepEqual(listed.sort(), named.sort());
    },
  );
  await checks.attempt(`${file}: what depends on a component, and the component, are in it`, () => {
    const refs = new Set([
      ...components.map((each) => each['bom-ref']),
      JSON.parse(text).metadata.component['bom-ref'],
    ]);
    const asked = dependencies.flatMap(({ ref, dependsOn = [] }) => [ref, ...dependsOn]);
    assert.deepEqual(
      asked.filter((ref) => !refs.has(ref)),
      [],
    );
  });
  checks.outcome(`${file}: no path of this machine`, !/file:|\/tmp\//.test(text));
}

function lineOf({ name, version = '', licence }) {
  return `${name} ${version} (${licence})`;
}

function componentOf({ name, version, licenses: [{ expression, license }] }) {
  return { name, version, licence: expression ?? license.id };
}
