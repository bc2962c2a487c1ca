import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type DefaultTheme, defineConfig } from 'vitepress';

const repository = 'https://github.com/headgate/headgate';
const docs = fileURLToPath(new URL('..', import.meta.url));
const reference = `${docs}reference`;

/** Pages that typedoc made of the doc comments: one for each public sub-path. */
function referencePages(): DefaultTheme.SidebarItem[] {
  if (!existsSync(reference)) return [];
  const names = readdirSync(reference).filter((file) => file.endsWith('.md') && file !== 'index.md');
  return names.sort().map((file) => {
    const name = file.slice(0, -'.md'.length);
    return { text: name === 'headgate' ? name : `headgate/${name.replaceAll('.', '/')}`, link: `/reference/${name}` };
  });
}

/** The pages in a folder, by the title that the list gives them. */
function pages(folder: string, titles: Readonly<Record<string, string>>): DefaultTheme.SidebarItem[] {
  return Object.entries(titles).map(([name, text]) => ({ text, link: `${folder}/${name}` }));
}

/** Pages beside this folder, those that no list below names by their own titles: no page can be forgotten. */
function pagesInFull(titles: Readonly<Record<string, string>>): DefaultTheme.SidebarItem[] {
  const others = ['index', 'tutorial', 'comparison', ...Object.keys(titles)];
  const names = readdirSync(docs).filter(
    (file) => file.endsWith('.md') && !others.includes(file.slice(0, -'.md'.length)),
  );
  const own = names.map((file) => [
    file.slice(0, -'.md'.length),
    readFileSync(`${docs}${file}`, 'utf8').match(/^# (.*)$/m)?.[1] ?? file,
  ]);
  return pages('', { ...titles, ...Object.fromEntries(own) });
}

const sidebar: DefaultTheme.SidebarItem[] = [
  {
    text: 'Start',
    items: [...pages('', { tutorial: 'A limited server in ten minutes', comparison: 'Compared with others' })],
  },
  {
    text: 'How to',
    items: pages('/how-to', {
      frameworks: 'Limit any framework',
      proxies: 'Behind a proxy or a CDN',
      login: 'Protect a login',
      plans: 'A limit for each plan',
      'tokens-and-bytes': 'Count tokens and bytes',
      'outgoing-calls': "Keep to an API's rate",
      processes: 'Several processes and threads',
      testing: 'Test with a fake clock',
      graphql: 'GraphQL',
      websockets: 'WebSockets',
    }),
  },
  {
    text: 'Explained',
    items: pages('/explained', {
      algorithms: 'The three algorithms',
      'native-engine': 'How the native engine works',
      proof: 'How it is proved',
      architecture: 'Architecture',
    }),
  },
  {
    text: 'In full',
    items: pagesInFull({
      limiter: 'The limiter',
      http: 'Limits on HTTP requests',
      fetch: 'Outgoing calls',
      redis: 'Redis and Valkey',
      cli: 'The command line',
      metrics: 'Metrics',
      dashboard: 'Dashboard',
      testing: 'Testing',
      bundlers: 'Bundlers',
      semantics: 'Semantics',
      benchmarks: 'Benchmarks',
    }),
  },
  {
    text: 'Moving over',
    items: pages('/moving', {
      '': 'Overview',
      'express-rate-limit': 'express-rate-limit',
      'fastify-rate-limit': '@fastify/rate-limit',
      'hono-rate-limiter': 'hono-rate-limiter',
      'koa-ratelimit': 'koa-ratelimit',
      'nestjs-throttler': '@nestjs/throttler',
      'rate-limiter-flexible': 'rate-limiter-flexible',
    }),
  },
  { text: 'Reference', items: referencePages() },
];

/** As GitHub names the places of headings, where the same pages are read too. */
function slugify(title: string): string {
  const kept = title.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '');
  return kept.replace(/\s/g, '-');
}

/** Pages are plain HTML without a framework's script, so that they can be read from a folder: scripts/docs. */
export default defineConfig({
  title: 'headgate',
  description: 'A rate limiter for TypeScript servers',
  mpa: true,
  rewrites: { 'moving/README.md': 'moving/index.md' },
  head: [
    ['script', { src: '/search-index.js', defer: '' }],
    ['script', { src: '/site.js', defer: '' }],
  ],
  markdown: {
    anchor: { slugify },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config(md) {
      // ARCHITECTURE.md is beside docs/, and a page of the site all the same: what leads to it and what leads from it.
      const { link_open: open } = md.renderer.rules;
      md.renderer.rules.link_open = (tokens, index, options, env, self) => {
        const href = tokens[index]?.attrGet('href') ?? '';
        const isInArchitecture = String(env.relativePath).endsWith('architecture.md');
        const own = (isInArchitecture ? href.replace(/^docs\//, '../') : href).replace(
          /(^|\/)README\.md/,
          '$1index.md',
        );
        tokens[index]?.attrSet('href', own.replace(/^(\.\.\/)+ARCHITECTURE\.md/, '/explained/architecture.md'));
        return open ? open(tokens, index, options, env, self) : self.renderToken(tokens, index, options);
      };
    },
  },
  transformPageData(page) {
    if (page.relativePath.startsWith('reference/')) page.frontmatter.editLink = false; // it is made of doc comments
    if (page.relativePath.endsWith('architecture.md')) page.filePath = '../ARCHITECTURE.md';
  },
  themeConfig: {
    nav: [
      { text: 'Tutorial', link: '/tutorial' },
      { text: 'Reference', link: '/reference/headgate' },
      { text: 'Repository', link: repository },
    ],
    editLink: { pattern: `${repository}/edit/main/docs/:path`, text: 'Edit this page' },
    sidebar,
    aside: false, // the list of headings beside a page is drawn by a script, too
    outline: false,
    docFooter: { prev: 'Before', next: 'Next' },
  },
});
