import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { HANG_MS } from '../hang.js';

/** Where a package manager puts it, and where `playwright-core install chromium` does. */
const USUAL = ['/usr/bin/chromium', chromium.executablePath()];
const executablePath = process.env.CHROMIUM_PATH ?? USUAL.find((path) => existsSync(path)) ?? '/usr/bin/chromium';

/** Why nothing is tested in a browser; `undefined` where `CHROMIUM_PATH` says that one is there, and with `CI=true`. */
export const noBrowser =
  process.env.CHROMIUM_PATH !== undefined || process.env.CI === 'true'
    ? undefined
    : 'a browser takes half a minute, so CI opens it, and CHROMIUM_PATH=/usr/bin/chromium does; pnpm exec playwright-core install chromium brings one';

/** Without what talks to the network by itself. */
export function launch(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return chromium.launch({ executablePath, headless: true, args: [...args, ...quiet], timeout: HANG_MS });
}

/** A page, and what went wrong in it. */
export interface Opened {
  readonly page: Page;
  /** Errors and warnings of the console, what its script threw, and requests to another origin. */
  readonly wrongs: readonly string[];
}

export interface OpenOptions extends BrowserContextOptions {
  /** The page's timers run only when they are told to. */
  readonly manualTimers?: boolean;
}

export async function open(browser: Browser, url: string, options: OpenOptions = {}): Promise<Opened> {
  const { manualTimers = false, ...ofContext } = options;
  const context = await browser.newContext({ viewport: { width: 1240, height: 1010 }, ...ofContext });
  const page = await context.newPage();
  page.setDefaultTimeout(HANG_MS);
  const wrongs: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') wrongs.push(message.text());
  });
  page.on('pageerror', (error) => wrongs.push(String(error)));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && origin !== new URL(url).origin) wrongs.push(`asked ${request.url()}`);
  });
  if (manualTimers) {
    await page.clock.install();
    // Its requests are given up by a timer that is not among those.
    await page.addInitScript(() => {
      AbortSignal.timeout = () => new AbortController().signal;
    });
  }
  await page.goto(url);
  return { page, wrongs };
}
