import client from 'prom-client';
import { describe, expect, it } from 'vitest';
import { loadPeer } from './peer.js';

describe('loadPeer', () => {
  it('answers the copy that the application has', () => {
    expect(loadPeer<typeof client>('prom-client', '').Registry).toBe(client.Registry);
  });

  it('says what to install where it is missing, with the original as cause', () => {
    const missing = () => loadPeer('absent-client', 'npm install absent-client');
    expect(missing).toThrow("headgate/metrics needs absent-client, which can't be loaded: npm install absent-client");
    expect(missing).toThrow(expect.objectContaining({ cause: expect.objectContaining({ code: 'MODULE_NOT_FOUND' }) }));
  });
});
