import { createServer } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { Running } from '../http/framework.js';
import { listen } from '../http/listen.js';
import { launch, noBrowser, type OpenOptions, open } from './browser.js';
import { Scene } from './scene.js';

let browser: Browser | undefined;

/** The browser of the tests that are running. */
export function theBrowser(): Browser {
  if (browser === undefined) throw new Error('there is a browser within describeInBrowser only');
  return browser;
}

/** Tests that need a browser; where there is none they are skipped, and say why. */
export function describeInBrowser(name: string, tests: () => void): void {
  const title = noBrowser === undefined ? name : `${name} (skipped: ${noBrowser})`;
  describe.skipIf(noBrowser !== undefined)(title, () => {
    beforeAll(async () => {
      browser = await launch();
    });
    afterAll(() => browser?.close());
    tests();
  });
}

type Listener = Parameters<typeof createServer>[1];

export async function serving(listener: Listener, test: (running: Running) => Promise<void>): Promise<void> {
  const running = await listen(createServer(listener));
  try {
    await test(running);
  } finally {
    await running.close();
  }
}

/** A page that has watched a scene for so many seconds, which took none: the page's timers are told to run. */
export async function watched(
  options: OpenOptions,
  seconds: number,
  test: (page: Page) => Promise<void>,
): Promise<void> {
  const scene = new Scene();
  let polled = 0;
  const listener: Listener = (request, response) => {
    if (request.url?.includes('snapshot') && polled++ > 0) scene.pass();
    scene.dashboard.node(request, response);
  };
  await serving(listener, async ({ url }) => {
    const { page, wrongs } = await open(theBrowser(), url, { timezoneId: 'UTC', manualTimers: true, ...options });
    await page.waitForSelector('#read-at:not(:empty)');
    for (let i = 0; i < seconds; i++) await reading(page);
    await test(page);
    expect(wrongs).toEqual([]);
    await page.context().close();
  });
}

/** One reading more, a second later by the page's clock: done with once it tells another time. */
export async function reading(page: Page): Promise<void> {
  const before = await page.textContent('#read-at');
  await page.clock.runFor(1000);
  await page.waitForFunction((text) => document.querySelector('#read-at')?.textContent !== text, before);
}

export async function lookUp(page: Page, key: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Key' }).fill(key);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#answer:not([hidden])');
}

/** Once the element says just that. */
export async function textOf(page: Page, selector: string, text: string): Promise<void> {
  const says = ([selector, text]: string[]) => document.querySelector(selector as string)?.textContent === text;
  await page
    .waitForFunction(says, [selector, text])
    .catch(async () => expect(await page.textContent(selector)).toBe(text));
}
