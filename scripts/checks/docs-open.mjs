// Opens the built site in Chromium, from the folder and in a sub-folder of a server, on a wide and a narrow screen, light
// and dark. With a folder as its argument it leaves pictures there. Ends with one line that counts the pages.

import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const dist = fileURLToPath(new URL('../../docs/.vitepress/dist', import.meta.url));
const SUB_FOLDER = '/some/where';
const SCREENS = { wide: { width: 1280, height: 900 }, narrow: { width: 390, height: 844 } };
const TYPES = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };
const [pictures] = process.argv.slice(2);

const pages = readdirSync(dist, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.html') && file !== '404.html');
const server = createServer(serve).listen(0, '127.0.0.1');
await once(server, 'listening');
const places = { folder: pathToFileURL(dist).href, server: `http://127.0.0.1:${server.address().port}${SUB_FOLDER}` };
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const count = { passed: 0, failed: 0 };

for (const [where, base] of Object.entries(places))
  for (const [screen, viewport] of Object.entries(SCREENS))
    for (const colorScheme of ['light', 'dark'])
      await openAll(`${where}, ${screen}, ${colorScheme}`, base, { viewport, colorScheme });

await browser.close();
server.close();
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exit(count.failed === 0 && count.passed > 0 ? 0 : 1);

async function openAll(name, base, options) {
  const context = await browser.newContext(options);
  const tab = await context.newPage();
  let wrong = [];
  tab.on('pageerror', ({ message }) => wrong.push(message));
  tab.on('requestfailed', (request) => wrong.push(`not loaded: ${request.url()}`));
  tab.on('response', (response) => response.status() >= 400 && wrong.push(`${response.status()}: ${response.url()}`));
  for (const page of pages) {
    wrong = [];
    await tab.goto(`${base}/${page}`);
    wrong.push(...(await tab.evaluate(look, options.colorScheme === 'dark')));
    if (page === 'tutorial.html') wrong.push(...(await use(tab, options.viewport.width < 960)));
    count[wrong.length === 0 ? 'passed' : 'failed']++;
    if (wrong.length > 0) console.log(`failed: ${page} (${name}): ${wrong.join('; ')}`);
    if (pictures !== undefined && base.startsWith('file'))
      await tab.screenshot({ path: join(pictures, `${name.replaceAll(', ', '-')}-${page.replaceAll('/', '-')}.png`) });
  }
  await context.close();
}

/** Runs in the page: what is wrong with how it looks. */
function look(isDark) {
  const { documentElement: html, body, images } = document;
  const wrong = [];
  const [red] = getComputedStyle(body).backgroundColor.match(/\d+/g) ?? [];
  if (Number(red) < 128 !== isDark) wrong.push(`the ground is ${getComputedStyle(body).backgroundColor}`);
  if (html.scrollWidth > innerWidth) wrong.push(`it is ${html.scrollWidth - innerWidth} px too wide`);
  for (const { src, naturalWidth, complete } of images)
    if (complete && naturalWidth === 0) wrong.push(`no picture: ${src}`);
  return wrong;
}

/** What the script of a page does. */
async function use(tab, isNarrow) {
  const wrong = [];
  const isDark = () => tab.evaluate(() => document.documentElement.classList.contains('dark'));
  const before = await isDark();
  await tab.locator('.VPNavBarAppearance .VPSwitchAppearance').click();
  if ((await isDark()) === before) wrong.push('the theme was not switched');
  await tab.locator('.VPNavBarAppearance .VPSwitchAppearance').click();

  await tab.locator('.site-search input').fill('token bucket');
  const first = tab.locator('.site-search li a').first();
  const target = await first.getAttribute('href', { timeout: 10_000 });
  if (!target?.includes('.html#')) wrong.push(`the search found ${target}`);
  await tab.keyboard.press('Escape');

  const sidebar = tab.locator('.VPSidebar a', { hasText: 'Protect a login' });
  if (isNarrow) {
    await tab.locator('.VPLocalNav .menu').click();
    await tab.locator('.VPSidebar.open').waitFor();
  }
  await sidebar.click();
  await tab.waitForURL(/how-to\/login\.html$/);
  return wrong;
}

/** The site in a folder of a server's, as hosts of projects have it. */
function serve({ url }, response) {
  const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
  if (path === '/favicon.ico') return response.end();
  if (!path.startsWith(SUB_FOLDER)) return response.writeHead(404).end();
  try {
    const file = join(dist, path.slice(SUB_FOLDER.length));
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream').end(readFileSync(file));
  } catch {
    response.writeHead(404).end();
  }
}
