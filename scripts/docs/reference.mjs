import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Application } from 'typedoc';

/** Writes a page for each public sub-path of `headgate` to docs/reference, from the doc comments in its sources. */
export async function makeReference(root) {
  rmSync(join(root, 'docs/reference'), { recursive: true, force: true });
  const app = await Application.bootstrapWithPlugins({
    entryPoints: entryPoints(root),
    options: join(root, 'typedoc.json'),
  });
  const project = await app.convert();
  if (project === undefined) throw new Error('typedoc could not read the sources');
  for (const module of project.children ?? []) module.name = nameOf(module.name);
  await app.generateOutputs(project);
  for (const { name } of project.children ?? []) titleAsImported(join(root, 'docs/reference', `${name}.md`));
}

/** `# stores.koa-ratelimit` is `headgate/stores/koa-ratelimit` to those who import it. */
function titleAsImported(page) {
  const text = readFileSync(page, 'utf8');
  writeFileSync(
    page,
    text.replace(/^# (?!headgate$)(.*)$/m, (_, name) => `# headgate/${name.replaceAll('.', '/')}`),
  );
}

/** The sources behind the package's `exports`. */
function entryPoints(root) {
  const folder = join(root, 'packages/headgate');
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const names = Object.keys(exports).filter((subpath) => !subpath.endsWith('.json'));
  return names.map((subpath) => {
    const name = subpath.slice(2) || 'index';
    const places = ['src', 'src/adapters', `src/adapters/${name}`, `src/${name}`].map((each) => `${each}/${name}.ts`);
    const place = places.find((each) => existsSync(join(folder, each)));
    if (place === undefined) throw new Error(`no source for ${subpath}`);
    return join(folder, place);
  });
}

/** `adapters/nest/nest` is `nest`, `stores/koa-ratelimit` is `stores.koa-ratelimit`, and `index` is `headgate`. */
function nameOf(module) {
  const last = module.split('/').at(-1);
  if (last === 'index') return 'headgate';
  return module.includes('stores/') ? `stores.${last}` : last;
}
