import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { builtPage, withChart } from '../pages/built.js';
import { PAGE, PAGE_POLICY } from './built-page.js';

const page = await builtPage(PAGE);

describe('the built page', () => {
  it('is what its sources make: node packages/headgate/scripts/build-page.mjs', async () => {
    const { chart, dashboardPage } = await import('../../scripts/build-page.mjs' as string);
    const { html, policy } = await dashboardPage();
    expect(withChart(html, chart()) === page).toBe(true); // two long texts: their difference is of no use
    expect(policy).toBe(PAGE_POLICY);
  });

  it('loads nothing: its parts are in it', () => {
    const loading = /<[^>]+\s(?:src|srcset|action|data|poster)=|<(?:iframe|object|embed|base)|@import|url\(/i;
    const [head = '', ...scripts] = page.split('<script>');
    expect(head).not.toMatch(loading);
    expect([...head.matchAll(/href="([^"]*)"/g)].every(([, href]) => href?.startsWith('data:'))).toBe(true);
    for (const script of scripts)
      expect(script).not.toMatch(/\bimport\b|importScripts|XMLHttpRequest|WebSocket|EventSource|sendBeacon/);
  });

  it('may run its own script and have its own style, and nothing else', () => {
    const hash = (text: string | undefined) =>
      `'sha256-${createHash('sha256')
        .update(text ?? '')
        .digest('base64')}'`;
    const scripts = [...page.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script]) => hash(script));
    expect(scripts).toHaveLength(2);
    const style = hash(page.match(/<style>(.*)<\/style>/s)?.[1]);
    expect(PAGE_POLICY).toContain(
      `default-src 'none'; script-src ${scripts.join(' ')}; style-src ${style}; connect-src 'self'`,
    );
    expect(PAGE_POLICY).toContain("frame-ancestors 'none'");
    expect(PAGE_POLICY).not.toContain('unsafe');
  });

  it('has the notice that the license of uPlot asks for', () => {
    expect(page).toContain('Copyright (c) 2022 Leon Sorokin');
    expect(page).toContain('The above copyright notice and this permission notice shall be included');
  });
});
