import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { createContext, Script } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';

type Hono = Pick<typeof import('hono') & typeof import('../../src/adapters/hono.js'), 'Hono' | 'rateLimit'>;
type Web = Pick<typeof import('../../src/adapters/web.js'), 'rateLimit'>;
type Fetch = (request: Request) => Response | Promise<Response>;

const OPTIONS = { limit: 1, windowSeconds: 60, key: 'apiKey', standard: 'latest' } as const;

const APPLICATIONS: Record<string, { source: string; make(exports: never): Fetch }> = {
  'headgate/web': {
    source: "export { rateLimit } from '../../src/adapters/web.js';",
    make: ({ rateLimit }: Web) => rateLimit(OPTIONS)(() => new Response('hi')),
  },
  'headgate/hono': {
    source: "export { rateLimit } from '../../src/adapters/hono.js'; export { Hono } from 'hono';",
    make: ({ Hono, rateLimit }: Hono) => new Hono().use(rateLimit(OPTIONS)).get('/', (c) => c.text('hi')).fetch,
  },
};

/** tsup's own, which is the one that builds the package. */
const { build } = createRequire(createRequire(import.meta.url).resolve('tsup'))('esbuild');

for (const [name, { source, make }] of Object.entries(APPLICATIONS)) {
  describe(`${name}, bundled for a browser`, () => {
    let bundle: Bundle;
    beforeAll(async () => {
      bundle = await bundled(source);
    });

    it('has nothing of Node in it', () => {
      expect(bundle.sources.filter((source) => source.includes('/platform/node/node-'))).toEqual([]);
      expect(bundle.imports).toEqual([]);
    });

    it('limits requests where there is no process', async () => {
      const fetch = make(run(bundle.text) as never);
      const as = async (key: string) => {
        const { status, headers } = await fetch(new Request('http://localhost/', { headers: { 'x-api-key': key } }));
        return [status, headers.get('ratelimit-policy')];
      };
      const policy = '"default";q=1;w=60';
      expect([await as('a'), await as('a'), await as('b')]).toEqual([
        [200, policy],
        [429, policy],
        [200, policy],
      ]);
    });
  });
}

it('headgate/fetch, bundled for a browser, has nothing of Node in it and holds calls there', async () => {
  const { text, sources, imports } = await bundled("export { createFetch } from '../../src/fetch/fetch.js';");
  expect([imports, sources.filter((source) => source.includes('/platform/node/node-'))]).toEqual([[], []]);
  const { createFetch } = run(text) as typeof import('../../src/fetch/fetch.js');
  const fetch = createFetch({ limit: 1, windowSeconds: 86_400, maxWaitMs: 0, fetch: async () => new Response('hi') });
  expect(await (await fetch('https://api.example.com/')).text()).toBe('hi');
  await expect(fetch('https://api.example.com/')).rejects.toThrow('Rate limit exceeded');
});

interface Bundle {
  readonly text: string;
  readonly sources: readonly string[];
  /** What it leaves to be imported when it runs. */
  readonly imports: readonly unknown[];
}

async function bundled(contents: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'headgate',
    logOverride: { 'empty-import-meta': 'silent' }, // asked for only where there are Node modules
    metafile: true,
    write: false,
  });
  const [output] = Object.values<{ imports: unknown[] }>(metafile.outputs);
  return { text: outputFiles[0].text, sources: Object.keys(metafile.inputs), imports: output?.imports ?? [] };
}

/** Runs it where there is what browsers and Workers have, and no more; answers what it exports. */
function run(bundle: string): unknown {
  const { console, performance, crypto, Request, Response, Headers, URL, TextEncoder, btoa, setTimeout, clearTimeout } =
    globalThis;
  const scope = {
    console,
    performance,
    crypto,
    Request,
    Response,
    Headers,
    URL,
    TextEncoder,
    btoa,
    setTimeout,
    clearTimeout,
  };
  const context = createContext({ ...scope });
  new Script(bundle).runInContext(context);
  return context.headgate;
}
