import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PAGE } from '../../src/cli/simulate/report/built-report-page.js';
import { builtPage, withChart } from '../../src/pages/built.js';
import { type Opened, type OpenOptions, open } from '../dashboard/browser.js';
import { contrasts } from '../dashboard/contrasts.js';
import { describeInBrowser, theBrowser } from '../dashboard/in-browser.js';
import { madeUpLog } from './made-up-log.js';
import { emptyFolder, headgate } from './run-cli.js';

const built = await builtPage(PAGE);
const HOSTILE = '</script><img src=x onerror=alert(1)>\u202e';

/** The page of a run in which one client has a hostile name, in the browser. */
async function opened(options: OpenOptions, test: (opened: Opened) => Promise<void>): Promise<void> {
  const folder = emptyFolder();
  const [log, html] = [join(folder, 'access.log'), join(folder, 'report.html')];
  const hostile = JSON.stringify({
    remote_addr: '203.0.113.9',
    time_local: '28/Feb/2024:23:58:00 +0000',
    user: HOSTILE,
  });
  writeFileSync(log, `${madeUpLog(800)}${`${hostile}\n`.repeat(90)}not a request\n`);
  const policies = ['--policy', 'strict=5/1m', '--policy', 'bucket=20/1m token-bucket block=10m'];
  const ran = await headgate(['simulate', log, ...policies, '--key', 'user', '--html', html]);
  expect(ran).toMatchObject({ code: 0, err: '' });
  const { page, wrongs } = await open(theBrowser(), pathToFileURL(html).href, options);
  await page.waitForSelector('canvas');
  await test({ page, wrongs });
  expect(wrongs).toEqual([]);
  await page.context().close();
}

describe('the page of a report', () => {
  it('is what its sources make: node packages/headgate/scripts/build-page.mjs', async () => {
    const { chart, reportPage } = await import('../../scripts/build-page.mjs' as string);
    expect(withChart(await reportPage(), chart()) === built).toBe(true);
  });

  it('may run its own script and have its own style, and load nothing', () => {
    expect(built).toMatch(
      /content="default-src 'none'; script-src 'sha256-[^']+' 'sha256-[^']+'; style-src 'sha256-[^']+'; img-src data:;/,
    );
    expect(built).toContain('Copyright (c) 2022 Leon Sorokin');
  });
});

describeInBrowser('the page of a report in Chromium', () => {
  for (const colorScheme of ['light', 'dark'] as const)
    it(`can be read in the ${colorScheme} theme, and what strangers wrote is text in it`, async () => {
      await opened({ colorScheme }, async ({ page }) => {
        const found = await contrasts(page);
        expect(found.filter(({ contrast }) => contrast < 4.5)).toEqual([]);
        expect(found.map(({ text }) => text)).toContain(HOSTILE.replace('\u202e', '\\u{202e}'));
        expect(await page.locator('canvas').count()).toBe(3);
        expect(await page.locator('img').count()).toBe(0);
      });
    });

  for (const width of [320, 390])
    it(`fits a screen of ${width} px`, async () => {
      await opened({ viewport: { width, height: 640 } }, async ({ page }) => {
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      });
    });
});
