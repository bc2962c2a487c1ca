// Each adapter beside the oldest version of its framework that the package says it works with, by real requests, and each
// client of Redis on a real server. The newest ones are what its own tests run on.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cases = fileURLToPath(new URL('../peers', import.meta.url));
const freePort = fileURLToPath(new URL('../free-port.mjs', import.meta.url));
const manifest = fileURLToPath(new URL('../../packages/headgate/package.json', import.meta.url));

/** What each needs beside its framework. */
const BESIDE = {
  express: [],
  fastify: [],
  hono: ['@hono/node-server@1.8.2'],
  koa: [],
  ioredis: [],
  redis: [],
  '@valkey/valkey-glide': [],
  '@nestjs/core': ['reflect-metadata@0.1.13', 'rxjs@7.8.1'],
};

/** @param check runs a command as a check, as `pack-test.mjs` does */
export function checkOldestPeers(check, work, tarballs) {
  const { peerDependencies } = JSON.parse(readFileSync(manifest, 'utf8'));
  for (const [peer, beside] of Object.entries(BESIDE)) {
    const [oldest] = peerDependencies[peer].match(/\d+\.\d+\.\d+/);
    const name = peer === '@nestjs/core' ? 'nest' : peer.replace(/^@.*\//, '');
    const peers = name === 'nest' ? ['common', 'core', 'platform-express'].map((each) => `@nestjs/${each}`) : [peer];
    const project = join(work, `oldest-${name}`);
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'stranger', private: true }));
    cpSync(cases, project, { recursive: true });
    cpSync(freePort, join(project, 'free-port.mjs'));
    const packages = [...tarballs, ...peers.map((each) => `${each}@${oldest}`), ...beside];
    // npm itself refuses a peer that is out of range
    if (check(`install beside ${name} ${oldest}`, 'npm', ['install', '--no-audit', '--no-fund', ...packages], project))
      check(`${name} ${oldest}: it works`, process.execPath, [`${name}.mjs`], project);
  }
}
