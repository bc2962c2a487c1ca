import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { currentHost } from '../../../core-native/js/host.js';
import { platformsFor } from '../../../core-native/js/platforms.js';
import { version } from '../../package.json';
import { install, temporary } from '../loading/installed.js';
import { startServer, withServers } from '../redis/setup/servers.js';
import { runCli } from './run-cli.js';

const native = fileURLToPath(new URL('../../../core-native', import.meta.url));
const [first] = platformsFor(currentHost());
const name = first?.name ?? 'none';
const file = `headgate.${name}.node`;
const binary = [join(native, 'npm', name, file), join(native, file)].find((path) => existsSync(path));

interface Installed {
  readonly folder: string;
  /** Of the platform's package. */
  readonly own: string;
  doctor(args?: readonly string[], env?: NodeJS.ProcessEnv): ReturnType<typeof runCli>;
}

/** A project with headgate in it as npm installs it, its platform's package too. */
async function installed(test: (installed: Installed) => Promise<void>): Promise<void> {
  using project = temporary();
  const { folder } = project;
  install(folder);
  const own = join(folder, `node_modules/@headgate/core-native-${name}`);
  if (binary !== undefined) {
    cpSync(join(native, 'npm', name), own, { recursive: true });
    cpSync(binary, join(own, file));
  }
  const cli = join(folder, 'node_modules/headgate/dist/cli/headgate.cjs');
  await test({ folder, own, doctor: (args = [], env = {}) => runCli(cli, ['doctor', ...args], { cwd: folder, env }) });
}

/** What is told of the engine, where the installation was damaged. */
async function told(damage: (installed: Installed) => void, env: NodeJS.ProcessEnv = {}) {
  let found = { code: null as number | null, engine: '' };
  await installed(async (all) => {
    damage(all);
    const { code, out } = await all.doctor(['--json'], env);
    const { findings } = JSON.parse(out) as { findings: { about: string; found: string }[] };
    found = { code, engine: findings.find(({ about }) => about === 'engine')?.found ?? '' };
  });
  return found;
}

const itNative = it.skipIf(binary === undefined);
const title = (text: string) => (binary === undefined ? `${text} (skipped: no native binary was built)` : text);

describe('headgate doctor', () => {
  itNative(title('is content with a sound installation, and tries both engines'), async () => {
    await installed(async ({ doctor }) => {
      const { code, out, err } = await doctor();
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain(`native, from package @headgate/core-native-${name}`);
      expect(out).toMatch(/native keeps the laws in [\d,]+ random calls\n.*ts keeps the laws/);
      expect(out).toContain('one of each package');
    });
  });

  it('says that optional dependencies were left out, and ends with 1', async () => {
    const found = await told(({ folder }) => {
      for (const each of ['core-native', `core-native-${name}`])
        rmSync(join(folder, 'node_modules/@headgate', each), { recursive: true, force: true });
    });
    expect(found.engine).toContain('@headgate/core-native is not installed: optional dependencies were left out');
    expect(found.code).toBe(1);
  });

  itNative(title('says that the lockfile was made on another platform'), async () => {
    const found = await told(({ folder, own }) => {
      rmSync(own, { recursive: true });
      writeFileSync(
        join(folder, 'package-lock.json'),
        '"node_modules/@headgate/core-native": {}, "core-native-plan9-mips"',
      );
    });
    expect(found.engine).toMatch(/is not installed: .*package-lock\.json was made on another platform/);
    expect(found.code).toBe(1);
  });

  itNative(title('says that node_modules came from another platform'), async () => {
    const found = await told(({ own }) => {
      cpSync(own, own.replace(name, 'plan9-mips'), { recursive: true });
      rmSync(own, { recursive: true });
    });
    expect(found.engine).toContain(`node_modules was installed for plan9-mips, and this is ${name}`);
  });

  itNative(title('says that the binary is missing, empty, cut, no binary, or of another processor'), async () => {
    const wrongs: [(path: string) => void, RegExp][] = [
      [(path) => rmSync(path), /\.node is missing: the package has .*index\.js/],
      [(path) => truncateSync(path, 0), /it is damaged: it is empty/],
      [(path) => truncateSync(path, 200_000), /it is damaged: it was cut: it has 200000 bytes of \d+/],
      [(path) => writeFileSync(path, 'x'.repeat(500)), /it is damaged: it does not begin as a binary does/],
      [
        (path) => writeFileSync(path, forAnotherProcessor(readFileSync(path))),
        /it was built for linux-riscv64, and this is/,
      ],
    ];
    for (const [damage, wanted] of process.platform === 'linux' ? wrongs : wrongs.slice(0, 2)) {
      const found = await told(({ own }) => damage(join(own, file)));
      expect(found.engine).toMatch(wanted);
      expect(found.code).toBe(1);
    }
  });

  itNative(title('says that the binary is of another version'), async () => {
    const found = await told(({ own }) => {
      const path = join(own, 'package.json');
      writeFileSync(path, readFileSync(path, 'utf8').replace(`"version": "${version}"`, '"version": "0.0.1-other"'));
      truncateSync(join(own, file), 10);
    });
    expect(found.engine).toContain(
      `@headgate/core-native-${name} is of version 0.0.1-other, and headgate of ${version}`,
    );
  });

  it('takes TypeScript for what was wanted where HEADGATE_BACKEND says so, and refuses what is no engine', async () => {
    const wanted = await told(() => {}, { HEADGATE_BACKEND: 'ts' });
    expect(wanted).toMatchObject({
      code: 0,
      engine: expect.stringContaining('TypeScript, since HEADGATE_BACKEND says so'),
    });
    const nonsense = await told(() => {}, { HEADGATE_BACKEND: 'rust' });
    expect(nonsense).toMatchObject({ code: 3, engine: expect.stringContaining('HEADGATE_BACKEND is "rust"') });
  });

  it('names each copy where there are several', async () => {
    await installed(async ({ folder, doctor }) => {
      const other = join(folder, 'node_modules/express/node_modules/headgate');
      rmSync(join(folder, 'node_modules/express'), { recursive: true });
      mkdirSync(other, { recursive: true });
      writeFileSync(join(other, 'package.json'), '{"name":"headgate","version":"0.0.9"}');
      const { code, out } = await doctor();
      expect(out).toContain('headgate is there 2 times');
      expect(out).toMatch(/0\.0\.9 in .*express/);
      expect(code).toBe(1);
    });
  });

  it('says which package is missing that nothing runs without, and ends with 3', async () => {
    await installed(async ({ folder, doctor }) => {
      rmSync(join(folder, 'node_modules/@headgate/core-ts'), { recursive: true });
      const { code, out, err } = await doctor();
      expect({ code, out }).toEqual({ code: 3, out: '' });
      expect(err).toMatch(/^headgate: it is not whole: Cannot find module '@headgate\/core-ts'\. Remove .*\n$/);
    });
  });

  it('names the files that are empty or missing', async () => {
    await installed(async ({ folder, doctor }) => {
      const [empty = '', other = '', missing = ''] = ['index.cjs', 'hono.js', 'fetch.cjs'].map((file) =>
        join(folder, 'node_modules/headgate/dist', file),
      );
      writeFileSync(empty, '');
      writeFileSync(other, '');
      rmSync(missing);
      const { code, out } = await doctor();
      expect(code).toBe(3);
      for (const each of [`${empty} is empty`, `${other} is empty`, `${missing} is missing`])
        expect(out).toContain(each);
    });
  });

  it.skipIf(process.platform === 'win32')('says that its folder was deleted', async () => {
    using project = temporary();
    install(project.folder);
    const cli = join(project.folder, 'node_modules/headgate/dist/cli/headgate.cjs');
    const gone = join(project.folder, 'gone');
    mkdirSync(gone);
    const child = spawn('sh', ['-c', `cd "$0" && rmdir "$0" && exec "$1" "$2" doctor`, gone, process.execPath, cli]);
    const [err] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect([child.exitCode, err]).toEqual([2, 'headgate: the current folder was deleted: run it in another\n']);
  });

  it('refuses a URL that is none, before anything is done', async () => {
    await installed(async ({ doctor }) => {
      const { code, out, err } = await doctor(['--redis', 'localhost']);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain('--redis must be a URL like redis://localhost:6379, got "localhost"');
    });
  });
});

/** With another number for the processor in its head (ELF's e_machine). */
function forAnotherProcessor(elf: Buffer): Buffer {
  elf.writeUInt16LE(243, 0x12);
  return elf;
}

withServers('headgate doctor --redis', () => {
  it('decides on a server by whichever client is installed, and leaves nothing behind', async () => {
    const server = await startServer();
    onTestFinished(() => server.kill());
    await installed(async ({ folder, doctor }) => {
      for (const client of ['ioredis', 'redis']) {
        const { out } = await doctor([
          '--redis',
          `${client === 'redis' ? 'valkey' : 'redis'}://127.0.0.1:${server.port}`,
        ]);
        expect(out).toMatch(new RegExp(`through ${client} \\d`));
        expect(out).toMatch(/decides, in [\d.]+ ms a call/);
        expect(out).toMatch(/(redis|valkey) \d+\.\d+/);
        rmSync(join(folder, 'node_modules', client), { recursive: true });
      }
      const { code, out } = await doctor(['--redis', `redis://127.0.0.1:${server.port}`]);
      expect(out).toContain('npm install ioredis, or redis');
      expect(code).toBe(3);
    });
  });

  it('ends, and says why, where a server takes connections and never answers', async () => {
    const silent = createServer(() => {});
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    await installed(async ({ folder, doctor }) => {
      for (const client of ['ioredis', 'redis']) {
        const { code, out } = await doctor(['--redis', `valkey://:p@ss@127.0.0.1:${port}`]);
        expect(out).toContain(`valkey://:…@127.0.0.1:${port}: `);
        expect([code, out.includes('ss@')]).toEqual([3, false]);
        rmSync(join(folder, 'node_modules', client), { recursive: true });
      }
    });
  });

  it('says why where nobody answers, without the password', async () => {
    const server = await startServer();
    await server.kill();
    await installed(async ({ doctor }) => {
      const { code, out } = await doctor(['--redis', `redis://me:secret@127.0.0.1:${server.port}`]);
      expect(out).toContain('ECONNREFUSED');
      expect(out).not.toContain('secret');
      expect(code).toBe(3);
    });
  });
});
