import * as nest from '@nestjs/common';
import client from 'prom-client';
import { describe, expect, it } from 'vitest';
import { find as findNest } from '#peers/nest-common';
import { find as findClient } from '#peers/prom-client';
import { demand } from './peer.js';

describe('a package that only some need', () => {
  it('is the copy that the application has', () => {
    const registry = demand<typeof client>(findClient(), 'prom-client', 'headgate/metrics').Registry;
    expect(registry).toBe(client.Registry);
    expect(demand<typeof nest>(findNest(), '@nestjs/common', 'headgate/nest').HttpException).toBe(nest.HttpException);
  });

  it('is asked for by what to install where it is missing, with the original as cause', () => {
    const error = new Error('Cannot find it');
    expect(() => demand({ error }, 'absent', 'headgate/metrics')).toThrow(
      expect.objectContaining({
        message: "headgate/metrics needs absent, which can't be loaded: npm install absent",
        cause: error,
      }),
    );
    expect(() => demand({ error }, 'absent', 'headgate/nest', 'do without')).toThrow('loaded: do without');
  });
});
