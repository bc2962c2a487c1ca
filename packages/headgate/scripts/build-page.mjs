// Puts the pages together, the dashboard's and the report's of `headgate simulate`, each in one file without a request
// to elsewhere, as a module that is committed: node scripts/build-page.mjs
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'tsup';

const root = fileURLToPath(new URL('..', import.meta.url));
const dashboard = { sources: 'src/dashboard/page', built: 'src/dashboard/built-page.ts' };
const report = { sources: 'src/cli/simulate/report/page', built: 'src/cli/simulate/report/built-report-page.ts' };
const charts = 'src/pages/built-chart.ts';
const NOTHING_ELSE = ['img-src data:', "base-uri 'none'", "form-action 'none'"];
const uplot = dirname(dirname(createRequire(import.meta.url).resolve('uplot')));

/** The dashboard, and what it may do: run its own script, have its own style, and ask its own server. */
export async function dashboardPage() {
  const { html, policy } = await pageOf(dashboard.sources);
  const all = [
    ...policy,
    "connect-src 'self'",
    ...NOTHING_ELSE,
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ];
  return { html, policy: all.join('; ') };
}

/** The report's page, with all that it needs but the report. Nobody serves it, so it says itself what it may do. */
export async function reportPage() {
  const { html, policy } = await pageOf(report.sources);
  return inPlaceOf(html, 'content="POLICY"', `content="${[...policy, ...NOTHING_ELSE].join('; ')}"`);
}

/** What draws the charts of both pages, with its licence. */
export function chart() {
  const { version } = JSON.parse(read(uplot, 'package.json'));
  return `/*! uPlot ${version}\n${read(uplot, 'LICENSE')}*/\n${read(uplot, 'dist/uPlot.iife.min.js').trimEnd()}`;
}

/** A module that has a text packed, as src/pages/built.ts reads it: in half of its room. */
function moduleOf(name, what, text, more = '') {
  const packed = gzipSync(text, { level: 9 }).toString('base64');
  return `// biome-ignore-all format: made by scripts/build-page.mjs
// biome-ignore-all lint: made by scripts/build-page.mjs
/** ${what}, packed. */
export const ${name} = '${packed}';
${more}`;
}

/** A page with its style and its script in it, the place of the chart's, and the policy that lets these do their work. */
async function pageOf(sources) {
  const page = join(root, sources);
  const sheets = readdirSync(page).filter((file) => file.endsWith('.css')); // by their names: page.css comes last
  const own = sheets.sort().map((file) => read(page, file));
  const style = [read(uplot, 'dist/uPlot.min.css'), read(root, 'src/pages/shared.css'), ...own].join('\n');
  const scripts = [chart(), await bundled(page)];
  if (style.includes('</style') || scripts.some((each) => each.includes('</script')))
    throw new Error('a part would end its element');
  let html = read(page, 'page.html');
  html = inPlaceOf(html, '<link rel="stylesheet" href="page.css">', `<style>${style}</style>`);
  html = inPlaceOf(
    html,
    '<script type="module" src="main.ts"></script>',
    `<script>"CHART"</script><script>${scripts[1]}</script>`,
  );
  const hashes = scripts.map(hashOf).join(' ');
  return { html, policy: ["default-src 'none'", `script-src ${hashes}`, `style-src ${hashOf(style)}`] };
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
      esbuildPlugins: [chartBefore],
      minify: true,
      silent: true,
      outDir,
    });
    return read(outDir, 'main.global.js').trimEnd();
  } finally {
    rmSync(outDir, { recursive: true });
  }
}

/** The chart's script comes first and leaves a global. */
const chartBefore = {
  name: 'the chart is there',
  setup(build) {
    build.onResolve({ filter: /^uplot$/ }, () => ({ path: 'uplot', namespace: 'global' }));
    build.onLoad({ filter: /^uplot$/, namespace: 'global' }, () => ({ contents: 'export default uPlot;' }));
  },
};

function read(folder, file) {
  return readFileSync(join(folder, file), 'utf8');
}

/** As a browser counts it: over the text between the tags. */
function hashOf(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { html, policy } = await dashboardPage();
  const said = `
/** What the page may do: run its own script, have its own style, and ask its own server. */
export const PAGE_POLICY = ${JSON.stringify(policy)};
`;
  writeFileSync(join(root, charts), moduleOf('CHART', 'What draws charts', chart()));
  writeFileSync(join(root, dashboard.built), moduleOf('PAGE', 'The page', html, said));
  writeFileSync(join(root, report.built), moduleOf('PAGE', 'The page', await reportPage()));
}
