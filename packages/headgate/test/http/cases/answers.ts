import type { Decision } from '@headgate/core-ts';
import { expect } from 'vitest';
import { get } from '../client.js';
import type { Rule, WithServer } from '../framework.js';

const NONE_LEFT = { limit: 0, windowSeconds: 60 } as const;

export function answers(rule: Rule, withServer: WithServer): void {
  rule('a denial is JSON with a detail, is never cached, and has no headers of the handler', async () => {
    await withServer({ limit: 1, windowSeconds: 60 }, async (url) => {
      await get(`${url}/ok`);
      const { status, headers, body } = await get(`${url}/ok`);
      expect(status).toBe(429);
      expect(headers['content-type']).toMatch(/^application\/json/);
      expect(headers['cache-control']).toBe('no-store');
      expect(JSON.parse(body)).toEqual({ detail: 'Too many requests' });
    });
  });

  rule('a denial says what the options say', async () => {
    const answerTo = async (options: object) => {
      let answer: unknown;
      await withServer({ ...NONE_LEFT, ...options }, async (url) => {
        const { status, body } = await get(`${url}/ok`);
        answer = [status, JSON.parse(body)];
      });
      return answer;
    };
    expect(await answerTo({ message: 'slow down' })).toEqual([429, { detail: 'slow down' }]);
    expect(await answerTo({ statusCode: 503, message: { error: 'busy' } })).toEqual([503, { error: 'busy' }]);
    const message = (_request: unknown, { limit }: Decision) => `no more than ${limit}`;
    expect(await answerTo({ message })).toEqual([429, { detail: 'no more than 0' }]);
  });

  rule('a denial is a problem of type quota-exceeded on request', async () => {
    const limits = [
      { name: 'burst', limit: 9, windowSeconds: 1 },
      { name: 'day', limit: 0, windowSeconds: 86_400 },
    ];
    await withServer({ limits, problemDetails: true }, async (url) => {
      const { status, headers, body } = await get(`${url}/ok`);
      expect(status).toBe(429);
      expect(headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(JSON.parse(body)).toEqual({
        type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
        title: 'Quota Exceeded',
        status: 429,
        detail: 'Too many requests',
        'violated-policies': ['day'],
      });
    });
  });

  rule('what can never be allowed has no Retry-After', async () => {
    await withServer(NONE_LEFT, async (url) => {
      const { status, headers } = await get(`${url}/ok`);
      expect([status, headers['retry-after'], headers['x-ratelimit-limit']]).toEqual([429, undefined, '0']);
    });
  });

  rule('a HEAD request is limited as the GET that it stands for', async () => {
    await withServer({ limit: 1, windowSeconds: 60, methods: ['GET'] }, async (url) => {
      expect((await get(`${url}/ok`, {}, 'HEAD')).status).toBe(200);
      expect((await get(`${url}/ok`)).status).toBe(429);
    });
  });
}
