import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledPackages } from '../../notices/packages.mjs';
import { pack } from '../pack.mjs';
import { readPackages } from '../packages.mjs';
import { printed } from './printed.mjs';

const headgate = fileURLToPath(new URL('../../../packages/headgate', import.meta.url));

/** The npm packages that `npm install headgate` brings, by npm itself, and those that are bundled into headgate. */
export function ofNpm(platforms) {
  const staging = mkdtempSync(join(tmpdir(), 'headgate-sbom-'));
  try {
    return withBundled(ofProject(platforms, staging));
  } finally {
    rmSync(staging, { recursive: true });
  }
}

/** Of an empty project in which headgate was installed from its tarballs. */
function ofProject(platforms, staging) {
  const packages = readPackages(platforms).filter(({ manifest: { name } }) => name !== '@headgate/conformance');
  const tarballs = packages.map((each) => pack(each, packages, staging));
  const project = join(staging, 'headgate-release');
  mkdirSync(project);
  const { version } = packages[0].manifest;
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'headgate-release', version, private: true }));
  // By force: the binaries of all platforms are part of the release, and this machine is one of them.
  printed('npm', ['install', '--force', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs], project);
  return JSON.parse(printed('npm', ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'library'], project));
}

/** npm tells where a tarball lay on this machine, which nobody else has. */
function withBundled({ components, dependencies, ...bom }) {
  const bundled = bundledPackages(headgate);
  const refs = new Map(bundled.map((each) => [each.name, `${each.name}@${each.version}`]));
  const direct = bundled.filter(({ isDirect }) => isDirect).map(({ name }) => refs.get(name));
  return {
    ...bom,
    components: [...components.map(withoutPaths), ...bundled.map((each) => componentOf(each, refs.get(each.name)))],
    dependencies: [
      ...dependencies.map((each) =>
        each.ref.startsWith('headgate@') ? { ...each, dependsOn: [...each.dependsOn, ...direct] } : each,
      ),
      ...bundled.map(({ name, needs }) => ({ ref: refs.get(name), dependsOn: needs.map((each) => refs.get(each)) })),
    ],
  };
}

function withoutPaths({ externalReferences, ...component }) {
  return { ...component, externalReferences: externalReferences.filter(({ url }) => !url.startsWith('file:')) };
}

function componentOf({ name, version, licence }, ref) {
  return {
    'bom-ref': ref,
    type: 'library',
    name,
    version,
    scope: 'required',
    purl: `pkg:npm/${name.replace(/^@/, '%40')}@${version}`,
    properties: [{ name: 'cdx:npm:package:bundled', value: 'true' }],
    licenses: [/ (?:AND|OR|WITH) /.test(licence) ? { expression: licence } : { license: { id: licence } }],
  };
}
