// A registry of npm's kind on loopback, for what is published nowhere yet; what it does not have it fetches from where
// npm would.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../free-port.mjs';

/** The last that runs on Node 20. */
const VERSION = '6.8.0';
const program = fileURLToPath(new URL(`../../target/verdaccio-${VERSION}`, import.meta.url));

/** Answers `url`, the file of npm's settings for it, and `close`. */
export async function startRegistry(folder) {
  installVerdaccio();
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const uplink = spawnSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).stdout.trim();
  writeFileSync(
    join(folder, 'config.yaml'),
    `storage: ${join(folder, 'storage')}
uplinks: { outside: { url: '${uplink}', maxage: 1d } }
packages:
${["'headgate'", "'@headgate/*'"].map((name) => `  ${name}: { access: $all, publish: $all }`).join('\n')}
  '**': { access: $all, proxy: outside }
log: { type: stdout, format: pretty, level: warn }
max_body_size: 100mb
`,
  );
  const url = `http://127.0.0.1:${port}/`;
  const settings = join(folder, 'npmrc');
  writeFileSync(settings, `registry=${url}\n//127.0.0.1:${port}/:_authToken=x\nfund=false\naudit=false\n`);
  const script = join(program, 'node_modules/verdaccio/bin/verdaccio');
  const args = [script, '--config', join(folder, 'config.yaml'), '--listen', `127.0.0.1:${port}`];
  const server = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (text) => {
      said += text;
    });
  const ended = once(server, 'exit').then(() => Promise.reject(new Error(`the registry ended: ${said}`)));
  ended.catch(() => {}); // told where it is waited for
  await Promise.race([answers(`${url}-/ping`), ended]);
  return { url, settings, close: () => server.kill() };
}

function installVerdaccio() {
  if (existsSync(join(program, 'node_modules/verdaccio'))) return;
  mkdirSync(program, { recursive: true });
  // one of its packages asks for a tag that a mirror may not know
  writeFileSync(join(program, 'package.json'), '{ "private": true, "overrides": { "node-fetch": "2.7.0" } }');
  const args = ['install', '--no-audit', '--no-fund', `verdaccio@${VERSION}`];
  const { status, stderr } = spawnSync('npm', args, { cwd: program, encoding: 'utf8' });
  if (status !== 0) throw new Error(`verdaccio can't be installed: ${stderr}`);
}

async function answers(url) {
  for (;;) {
    try {
      if ((await fetch(url)).ok) return;
    } catch (error) {
      if (error.cause?.code !== 'ECONNREFUSED') throw error;
    }
    await new Promise((again) => setTimeout(again, 50));
  }
}
