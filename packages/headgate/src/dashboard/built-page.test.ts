import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PAGE, PAGE_POLICY } from './built-page.js';

describe('the built page', () => {
  it('is what its sources make: node packages/headgate/scripts/build-page.mjs', async () => {
    const { builtPage } = await import('../../scripts/build-page.mjs' as string);
    expect((await builtPage()) === readFileSync(new URL('built-page.ts', import.meta.url), 'utf8')).toBe(true);
  });

  it('loads nothing: its parts are in it', () => {
    const loading = /<[^>]+\s(?:src|srcset|action|data|poster)=|<(?:iframe|object|embed|base)|@import|url\(/i;
    const [head = '', script = ''] = PAGE.split('<script>');
    expect(head).not.toMatch(loading);
    expect([...head.matchAll(/href="([^"]*)"/g)].every(([, href]) => href?.startsWith('data:'))).toBe(true);
    expect(script).not.toMatch(/\bimport\b|importScripts|XMLHttpRequest|WebSocket|EventSource|sendBeacon/);
  });

  it('may run its own script and have its own style, and nothing else', () => {
    const hash = (text: string | undefined) =>
      `'sha256-${createHash('sha256')
        .update(text ?? '')
        .digest('base64')}'`;
    const script = hash(PAGE.match(/<script>(.*)<\/script>/s)?.[1]);
    const style = hash(PAGE.match(/<style>(.*)<\/style>/s)?.[1]);
    expect(PAGE_POLICY).toContain(`default-src 'none'; script-src ${script}; style-src ${style}; connect-src 'self'`);
    expect(PAGE_POLICY).toContain("frame-ancestors 'none'");
    expect(PAGE_POLICY).not.toContain('unsafe');
  });

  it('has the notice that the license of uPlot asks for', () => {
    expect(PAGE).toContain('Copyright (c) 2022 Leon Sorokin');
    expect(PAGE).toContain('The above copyright notice and this permission notice shall be included');
  });
});
