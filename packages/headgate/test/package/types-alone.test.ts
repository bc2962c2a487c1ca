import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const peers = fileURLToPath(new URL('../../peers/', import.meta.url));

/** Packages that are looked for at run time, since they may not be there. */
const soughtFor = readdirSync(peers).flatMap((file) =>
  [...readFileSync(`${peers}${file}`, 'utf8').matchAll(/require\('([^']+)'\)/g)].map(([, name]) => name as string),
);

const types = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.d.cts'));
const cannot = types.length > 0 || process.env.CI === 'true' ? undefined : 'types are built with CI=true';

it.skipIf(cannot)(
  `no type that is published imports a package that may not be there${cannot === undefined ? '' : ` (skipped: ${cannot})`}`,
  () => {
    const files = types.filter((file) => file !== 'nest.d.cts'); // who imports that one has Nest
    const imports = files.flatMap((file) =>
      [...readFileSync(`${dist}${file}`, 'utf8').matchAll(/^(?!\s*\*).*(?:from|import|import\() ?'([^'.][^']*)'/gm)]
        .filter(([, name]) => soughtFor.includes(name as string))
        .map(([, name]) => `${file}: ${name}`),
    );
    expect(files.length).toBeGreaterThan(10);
    expect(soughtFor).toContain('prom-client');
    expect(imports).toEqual([]);
  },
);
