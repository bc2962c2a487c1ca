import { createRequire } from 'node:module';
import * as imported from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { common, load } from './peers.js';

describe('peers', () => {
  it('are the copies that the application has', () => {
    expect(common.HttpException).toBe(imported.HttpException);
  });

  it('say what to install where they are missing, with the original as cause', () => {
    const missing = () => load('@nestjs/absent', createRequire(import.meta.url));
    expect(missing).toThrow("headgate/nest needs @nestjs/absent, which can't be loaded: npm install @nestjs/absent");
    expect(missing).toThrow(expect.objectContaining({ cause: expect.objectContaining({ code: 'MODULE_NOT_FOUND' }) }));
  });
});
