import { ManualClock, RateLimiter } from '@headgate/core-ts';
import express from 'express';
import type { Locator } from 'playwright-core';
import { expect, it } from 'vitest';
import { open } from '../../../test/dashboard/browser.js';
import {
  describeInBrowser,
  reading,
  serving,
  textOf,
  theBrowser,
  watched,
} from '../../../test/dashboard/in-browser.js';
import { get } from '../../../test/http/client.js';
import { breaking } from '../../../test/redis/setup/breaking.js';
import { rateLimit } from '../../adapters/express.js';
import { dashboard } from '../dashboard.js';

/** How much of the plot's width has something blue in it, which is what was allowed. */
const drawnShare = `(() => {
  const canvas = document.querySelector('#plot canvas');
  const { data, width, height } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const isBlue = (x, y) => data[4 * (y * width + x) + 3] > 20 && data[4 * (y * width + x) + 2] > data[4 * (y * width + x)] + 60;
  const columns = Array.from({ length: width }, (_, x) => Array.from({ length: height }, (_, y) => y).some((y) => isBlue(x, y)));
  return columns.filter(Boolean).length / width;
})()`;

/** The picture of what stands still: a frame that is drawn a moment later would be another. */
async function still(locator: Locator): Promise<Buffer> {
  for (let before = await locator.screenshot(); ; ) {
    const now = await locator.screenshot();
    if (now.equals(before)) return now;
    before = now;
  }
}

describeInBrowser('the page in Chromium', () => {
  it('shows real traffic, behind a login and at a path with a slash at its end', async () => {
    const app = express();
    const limited = rateLimit({ name: 'api', limit: 5, windowSeconds: 3_600, track: true, clock: new ManualClock() });
    app.use('/admin/limits', (request, response, next) => {
      if (request.headers.authorization === `Basic ${btoa('admin:secret')}`) return next();
      response.set('WWW-Authenticate', 'Basic').sendStatus(401);
    });
    app.use('/admin/limits', dashboard({ limiters: { api: limited.limiter } }).node);
    app.get('/api', limited, (_request, response) => void response.send('ok'));
    await serving(app, async ({ url }) => {
      const httpCredentials = { username: 'admin', password: 'secret' };
      const options = { httpCredentials, manualTimers: true };
      const { page, wrongs } = await open(theBrowser(), `${url}/admin/limits/?team=a`, options);
      await page.waitForSelector('#read-at:not(:empty)');
      for (let i = 0; i < 9; i++) await get(`${url}/api`);
      await page.clock.runFor(1000);
      await textOf(page, '#total-denied', '4');
      expect(await page.textContent('#total-allowed')).toBe('5');
      expect(await page.textContent('#denied-rate')).toMatch(/^[\d.]+$/);
      expect(await page.getByRole('button', { name: 'api' }).textContent()).toMatch(
        /^api[\d.]+\/s allowed · [\d.]+\/s denied$/,
      );

      await page.getByRole('button', { name: 'Look up 127.0.0.1' }).click();
      await textOf(page, '#verdict', '127.0.0.1 is denied now');
      expect(await page.textContent('#standing tbody')).toBe('api0 of 51 h1 h');
      await page.getByRole('button', { name: 'Reset this key' }).click();
      await textOf(page, '#verdict', '127.0.0.1 would be allowed now');
      expect(await page.textContent('#key-note')).toBe('It was reset: all of its units are back.');
      expect((await get(`${url}/api`)).headers['x-ratelimit-remaining']).toBe('4');
      await page.getByLabel('Block for').selectOption('for 10 min');
      await page.getByRole('button', { name: 'Block this key' }).click();
      await textOf(page, '#verdict', '127.0.0.1 is denied now');
      expect(await page.textContent('#key-note')).toBe('It is blocked for 10 min at least; a reset ends that.');
      expect((await get(`${url}/api`)).headers['retry-after']).toBe('600');
      expect(wrongs).toEqual([]);
    });
  });

  it('shows keys as text, whoever wrote them, and resets the very key', async () => {
    const hostile = [
      '<img src=x onerror="window.ran = true">',
      '</script><script>window.ran = true</script>',
      '"><svg onload=window.ran=true>',
      'a\u202etxt.exe\nb',
      '\ud800',
      '',
      'x'.repeat(5_000),
    ];
    const limiter = new RateLimiter({ limit: 1, windowSeconds: 3_600, track: true, clock: new ManualClock() });
    for (const key of hostile) limiter.allowMany([key, key]);
    await serving(dashboard({ limiters: { '<b>all</b>': limiter } }).node, async ({ url }) => {
      const { page, wrongs } = await open(theBrowser(), url);
      await page.waitForSelector('#denied .key');
      expect(await page.locator('#denied .key').allTextContents()).toEqual([
        ...hostile.slice(0, 3),
        'a\\u{202e}txt.exe\\u{a}b',
        '\\u{d800}',
        '(empty)',
        expect.stringMatching(/^x{64}… sha256:[0-9a-f]{64}$/), // cut, so that one has to be typed to be looked up
      ]);
      expect(await page.locator('#denied tbody tr').last().textContent()).toMatch(/type it whole$/);
      for (const [i, key] of hostile.slice(0, -1).entries()) {
        await page.locator('#denied button').nth(i).click();
        await page.getByText('is denied now').waitFor();
        await page.getByRole('button', { name: 'Reset this key' }).click();
        await page.getByText('would be allowed now').waitFor();
        expect(limiter.remaining(key)).toBe(1);
      }
      await page.getByRole('textbox', { name: 'Key' }).fill(hostile[0] as string);
      await page.keyboard.press('Enter');
      await textOf(page, '#verdict', `${hostile[0]} would be allowed now`);
      expect(await page.textContent('nav .name')).toBe('<b>all</b>');
      expect(await page.evaluate('window.ran')).toBeUndefined();
      expect(await page.locator('main img, main svg, nav b').count()).toBe(0);
      expect(wrongs).toEqual([]);
    });
  });

  it('draws two minutes that move, and says the last second in words', async () => {
    await watched({ colorScheme: 'dark' }, 125, async (page) => {
      const label = /^Decisions per second in the last two minutes: now (\d+) allowed, ([\d.]+) denied$/;
      const [, allowed, denied] = label.exec(String(await page.getByRole('img').getAttribute('aria-label'))) ?? [];
      expect([Number(allowed) > 0, Number(denied) > 0]).toEqual([true, true]);
      const first = await still(page.locator('#plot canvas'));
      await page.locator('#plot').hover();
      expect(await page.textContent('#legend-time')).toMatch(/^\d\d:\d\d:\d\d$/);
      await page.mouse.move(0, 0);
      expect(await page.textContent('#legend-time')).toBe('now');
      expect(first.equals(await still(page.locator('#plot canvas')))).toBe(true);
      await reading(page);
      expect(first.equals(await still(page.locator('#plot canvas')))).toBe(false);
    });
  });

  it('fills its plot from the first readings, and draws the limit where there is room', async () => {
    await watched({ colorScheme: 'light' }, 12, async (page) => {
      expect(await page.textContent('#limit-rate')).toBe('limit of each key 14/min');
      expect(await page.evaluate(drawnShare)).toBeGreaterThan(0.5);
      await page.getByRole('button', { name: 'login' }).click();
      expect(await page.textContent('#limit-rate')).toBe('limit of each key 5/min');
      expect(await page.locator('#limit-rate.drawn').count()).toBe(1);
    });
  });

  it('says where keys are not counted, and where none was denied', async () => {
    await watched({}, 2, async (page) => {
      await page.getByRole('button', { name: 'uploads' }).click();
      expect(await page.textContent('#denied-note')).toBe(
        'Not counted: topKeys needs a limiter that is made with track: true.',
      );
      await page.getByRole('button', { name: 'api' }).click();
      expect(await page.textContent('#denied-note')).toBe('None yet.');
      expect(await page.getByRole('button', { name: 'api' }).getAttribute('aria-current')).toBe('true');
    });
  });

  it('says where a limiter decides without its server', async () => {
    const { limiter, fail } = breaking();
    await serving(dashboard({ limiters: { api: limiter } }).node, async ({ url }) => {
      const { page, wrongs } = await open(theBrowser(), url, { manualTimers: true });
      await textOf(page, '#degraded', '0');
      expect(await page.locator('#degraded-now').isVisible()).toBe(false);
      fail();
      for (let i = 0; i < 3; i++) await limiter.check('k');
      await reading(page);
      expect(await page.textContent('#degraded')).toBe('3');
      expect(await page.locator('#degraded-now').isVisible()).toBe(true);
      expect(await page.getByRole('button', { name: 'api' }).textContent()).toMatch(/ · without the server$/);
      expect(wrongs).toEqual([]);
    });
  });

  it('keeps the order of keys while somebody points at one', async () => {
    const limiter = new RateLimiter({ limit: 0, windowSeconds: 60, track: true });
    limiter.allowMany(['a', 'a', 'b']);
    await serving(dashboard({ limiters: { limiter } }).node, async ({ url }) => {
      const { page } = await open(theBrowser(), url);
      const rows = () => page.locator('#denied tbody tr').allTextContents();
      await page.locator('#denied tbody tr').nth(1).hover();
      limiter.allowMany(['b', 'b', 'c']);
      await textOf(page, '#total-denied', '6');
      expect(await rows()).toEqual(['a2Look up', 'b3Look up']);
      await page.getByText('The order and the list wait').waitFor();
      await page.mouse.move(0, 0);
      await page.waitForSelector('#denied tbody tr:nth-child(3)');
      expect(await rows()).toEqual(['b3Look up', 'a2Look up', 'c1Look up']);
      expect(await page.getByText('The order and the list wait').isVisible()).toBe(false);
    });
  });

  it('says when nobody answers, and goes on when somebody does', async () => {
    await watched({}, 1, async (page) => {
      await page.route('**/*headgate=snapshot*', (route) => route.fulfill({ status: 200, body: '<h1>Sign in</h1>' }));
      await page.clock.runFor(1000);
      await textOf(page, '#status', 'No answer (200, and no JSON: signed out?); asking on');
      await page.unroute('**/*headgate=snapshot*');
      await page.clock.runFor(1000);
      await textOf(page, '#status', 'Live');
    });
  });
});
