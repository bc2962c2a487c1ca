// Puts the pages together, the dashboard's and the report's of `headgate simulate`, each in one file without a request
// to elsewhere, as a module that is committed: node scripts/build-page.mjs
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

const root = fileURLToPath(new URL('..', import.meta.url));
const dashboard = { sources: 'src/dashboard/page', built: 'src/dashboard/built-page.ts' };
const report = { sources: 'src/cli/simulate/report/page', built: 'src/cli/simulate/report/built-report-page.ts' };
const NOTHING_ELSE = ['img-src data:', "base-uri 'none'", "form-action 'none'"];
const uplot = dirname(dirname(createRequire(import.meta.url).resolve('uplot')));

/** The text of `built-page.ts`, as its sources would have it. */
export async function builtPage() {
  const { html, policy } = await pageOf(dashboard.sources);
  const all = [
    ...policy,
    "connect-src 'self'",
    ...NOTHING_ELSE,
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ];
  return `${HEAD}/** The page, with all that it needs. */
export const PAGE = ${JSON.stringify(html)};

/** What the page may do: run its own script, have its own style, and ask its own server. */
export const PAGE_POLICY = ${JSON.stringify(all.join('; '))};
`;
}

/** The text of `built-report-page.ts`. Nobody serves that page, so it says itself what it may do. */
export async function builtReportPage() {
  const { html, policy } = await pageOf(report.sources);
  const page = inPlaceOf(html, 'content="POLICY"', `content="${[...policy, ...NOTHING_ELSE].join('; ')}"`);
  return `${HEAD}/** The page, with all that it needs but the report. */
export const PAGE = ${JSON.stringify(page)};
`;
}

const HEAD = `// biome-ignore-all format: made by scripts/build-page.mjs
// biome-ignore-all lint: made by scripts/build-page.mjs
`;

/** A page with its style and its script in it, and the policy that lets these two do their work. */
async function pageOf(sources) {
  const page = join(root, sources);
  const sheets = readdirSync(page).filter((file) => file.endsWith('.css')); // by their names: page.css comes last
  const own = sheets.sort().map((file) => read(page, file));
  const style = [read(uplot, 'dist/uPlot.min.css'), read(root, 'src/pages/shared.css'), ...own].join('\n');
  const script = `/*! uPlot ${version()}\n${read(uplot, 'LICENSE')}*/\n${await bundled(page)}`;
  if (style.includes('</style') || script.includes('</script')) throw new Error('a part would end its element');
  let html = read(page, 'page.html');
  html = inPlaceOf(html, '<link rel="stylesheet" href="page.css">', `<style>${style}</style>`);
  html = inPlaceOf(html, '<script type="module" src="main.ts"></script>', `<script>${script}</script>`);
  return { html, policy: ["default-src 'none'", `script-src ${hashOf(script)}`, `style-src ${hashOf(style)}`] };
}

function inPlaceOf(html, element, inlined) {
  if (!html.includes(element)) throw new Error(`page.html has no ${element}`);
  return html.replace(element, () => inlined);
}

async function bundled(page) {
  const outDir = mkdtempSync(join(tmpdir(), 'headgate-page-'));
  try {
    await build({
      config: false,
      entry: { main: join(page, 'main.ts') },
      format: 'iife',
      platform: 'browser',
      target: 'es2022',
      noExternal: [/.*/],
      minify: true,
      silent: true,
      outDir,
    });
    return read(outDir, 'main.global.js').trimEnd();
  } finally {
    rmSync(outDir, { recursive: true });
  }
}

function version() {
  return JSON.parse(read(uplot, 'package.json')).version;
}

function read(folder, file) {
  return readFileSync(join(folder, file), 'utf8');
}

/** As a browser counts it: over the text between the tags. */
function hashOf(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(join(root, dashboard.built), await builtPage());
  writeFileSync(join(root, report.built), await builtReportPage());
}
