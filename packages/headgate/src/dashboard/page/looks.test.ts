import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { contrasts } from '../../../test/dashboard/contrasts.js';
import { describeInBrowser, lookUp, watched } from '../../../test/dashboard/in-browser.js';

describeInBrowser('the looks of the page in Chromium', () => {
  it('follows the theme of the system until its button is used, and remembers that', async () => {
    await watched({ colorScheme: 'dark' }, 1, async (page) => {
      const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
      const [dark, light] = ['rgb(14, 17, 22)', 'rgb(244, 245, 247)'];
      expect(await ground()).toBe(dark);
      await page.emulateMedia({ colorScheme: 'light' });
      expect(await ground()).toBe(light);
      await page.getByRole('button', { name: 'Dark theme' }).click();
      expect(await ground()).toBe(dark);
      await page.reload();
      expect(await ground()).toBe(dark);
      await page.getByRole('button', { name: 'Light theme' }).click();
      expect(await ground()).toBe(light);
    });
  });

  for (const colorScheme of ['dark', 'light'] as const) {
    it(`can be read in the ${colorScheme} theme: its text has a contrast of 4.5 at least`, async () => {
      await watched({ colorScheme }, 20, async (page) => {
        await lookUp(page, '203.0.113.7');
        const found = await contrasts(page);
        expect(found.length).toBeGreaterThan(50);
        expect(found.filter(({ contrast }) => contrast < 4.5)).toEqual([]);
      });
    });
  }

  for (const width of [320, 390]) {
    it(`fits a screen of ${width} px: nothing is cut off, in no table either`, async () => {
      await watched({ viewport: { width, height: 640 } }, 3, async (page) => {
        await lookUp(page, '203.0.113.7');
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        const outside = `[...document.querySelectorAll('.scroll, .scroll *')]
          .filter((each) => each.getBoundingClientRect().right > innerWidth || each.scrollWidth > each.clientWidth + 1)
          .map((each) => each.outerHTML)`;
        expect(await page.evaluate(outside)).toEqual([]);
      });
    });
  }

  // HEADGATE_PICTURES=docs npx vitest run packages/headgate/src/dashboard/page/looks.test.ts
  const folder = process.env.HEADGATE_PICTURES;
  if (folder === undefined) return;
  for (const [colorScheme, name] of Object.entries({ dark: 'dashboard.png', light: 'dashboard-light.png' })) {
    it(`has its picture taken in the ${colorScheme} theme`, async () => {
      await watched({ colorScheme: colorScheme as 'dark' | 'light' }, 121, async (page) => {
        await lookUp(page, '198.51.100.23');
        await page.locator('#key').blur();
        await page.screenshot({ path: resolve(folder, name), fullPage: true });
      });
    });
  }
});
