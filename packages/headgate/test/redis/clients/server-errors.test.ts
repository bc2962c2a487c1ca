import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { RemoteRateLimiter, redis } from '../../../src/redis/redis.js';
import { startFake } from '../setup/fake-server.js';
import { startServer, withServers } from '../setup/servers.js';
import { noUnhandledRejections } from '../setup/unhandled.js';
import { closedAfterEach, HANG_MS } from '../setup/waiting.js';
import { CLIENTS } from './clients.js';

noUnhandledRejections();

/** What a server says of itself, and what is told of it. */
const SAID: Record<string, string> = {
  '-NOAUTH Authentication required.': 'NOAUTH: the server asks for a password',
  '-WRONGPASS invalid username-password pair or user is disabled.': 'WRONGPASS: the server does not take the user',
  "-NOPERM this user has no permissions to run the 'evalsha' command": 'NOPERM: EVALSHA is refused: give the user',
  "-NOPERM User u has no permissions to run the 'evalsha' command": 'NOPERM: EVALSHA is refused: give the user',
  '-NOPERM No permissions to access a key': 'NOPERM: give the user of your client the rights',
  "-READONLY You can't write against a read only replica.": 'READONLY: the server is a replica',
  "-OOM command not allowed when used memory > 'maxmemory'.": 'OOM: the server is out of memory',
  '-LOADING Redis is loading the dataset in memory': 'LOADING: the server is still reading its data',
  '-BUSY Redis is busy running a script.': 'BUSY: another script keeps the server busy',
  "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.": 'MASTERDOWN: the server is a',
  "-CROSSSLOT Keys in request don't hash to the same slot": 'CROSSSLOT: the server is a node of a cluster',
  '-MISCONF Redis is configured to save RDB snapshots': 'MISCONF: the server can not save its data',
  '-NOREPLICAS Not enough good replicas to write.': 'NOREPLICAS: the server has fewer replicas',
  "-ERR unknown command 'evalsha', with args beginning with:": 'the server runs no scripts',
  // Up to Redis 6.2 within a script, and before 5.0.
  '-ERR Error running script (call to f_1): @user_script:3: @user_script: 3: -OOM command not allowed':
    'OOM: the server',
  '-ERR Error running script (call to f_1): @user_script:3: @user_script: 3: Write commands not allowed after non deterministic commands. Call redis.replicate_commands() at the start of your script':
    'the server is too old: it must be Redis 6.2 or newer',
};

const open = closedAfterEach();

function limiterOf(client: unknown, options = {}) {
  const engine = redis(client, { deadlineMs: HANG_MS, onOutage: 'throw', ...options });
  return new RemoteRateLimiter({ limit: 5, windowSeconds: 60, engine });
}

describe.each(Object.keys(CLIENTS).filter((name) => name !== '@upstash/redis'))(
  'what a server says, through %s',
  (kind) => {
    it.each(Object.entries(SAID))('%s', async (said, told) => {
      const fake = await startFake(`${said}\r\n`);
      open.push(() => fake.close());
      const { client, close } = await (CLIENTS[kind] as (typeof CLIENTS)[string])(fake.port);
      open.push(close);
      const error = await limiterOf(client)
        .check('k')
        .catch((reason) => reason);
      expect(String(error)).toContain(told);
      expect(error).toMatchObject({ name: 'BackendUnavailableError', cause: { cause: expect.any(Error) } });
    });

    it.each([
      ['nothing', '$-1\r\n', 'a list of numbers, got null'],
      ['words', '+OK\r\n', 'a list of numbers, got "OK"'],
      ['too few', '*2\r\n:1\r\n:1\r\n', '4 numbers to what was asked, got 2'],
      ['too many', '*5\r\n:1\r\n:1\r\n:0\r\n:0\r\n:7\r\n', '4 numbers to what was asked, got 5'],
      ['a list in it', '*4\r\n:1\r\n*1\r\n:1\r\n:0\r\n:0\r\n', 'numbers, got'],
      ['null in it', '*4\r\n:1\r\n$-1\r\n:0\r\n:0\r\n', 'numbers, got null at 1'],
      ['more than was asked for', '*4\r\n:1\r\n:9\r\n:0\r\n:0\r\n', 'what was asked, got 9 at 1'],
    ])('is not decided by: %s', async (_, reply, told) => {
      const fake = await startFake(reply);
      open.push(() => fake.close());
      const { client, close } = await (CLIENTS[kind] as (typeof CLIENTS)[string])(fake.port);
      open.push(close);
      await expect(limiterOf(client).allow('k')).rejects.toThrow(`the server must answer ${told}`);
      expect(await limiterOf(client, { onOutage: 'local' }).check('k')).toMatchObject({
        degraded: true,
        allowed: true,
      });
    });
  },
);

withServers('a user without the rights', () => {
  it.each([
    ['+@all -evalsha', 'EVALSHA is refused'],
    ['+@all -eval', 'EVAL is refused'],
    ['+@all -mget', 'MGET is refused'],
    ['+@all -set', 'SET is refused'],
    ['+@all -time', 'TIME is refused'],
    ['+@all resetkeys ~other:*', 'NOPERM'],
  ])('%s: is told which', async (rights, told) => {
    const server = await startServer();
    open.push(() => server.kill());
    const direct = new Redis(server.port, '127.0.0.1');
    open.push(() => direct.disconnect());
    await direct.call('ACL', 'SETUSER', 'u', 'on', '>p', '~*', ...rights.split(' '));
    for (const track of [false, true]) {
      const client = new Redis(server.port, '127.0.0.1', {
        username: 'u',
        password: 'p',
        autoResendUnfulfilledCommands: track,
      });
      open.push(() => client.disconnect());
      const limiter = limiterOf(client);
      await expect(limiter.allow('k')).rejects.toThrow(told);
      await expect(limiter.check('k')).rejects.toThrow('the rights that docs/redis.md lists');
    }
  });
});
