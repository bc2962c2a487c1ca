import 'reflect-metadata';
import { ManualClock } from '@headgate/core-ts';
import {
  type ArgumentsHost,
  Catch,
  type ExecutionContext,
  Injectable,
  type Type,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway, WsException } from '@nestjs/websockets';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import {
  RateLimit,
  RateLimitGuard,
  RateLimitModule,
  type RateLimitModuleOptions,
} from '../../src/adapters/nest/nest.js';
import { RateLimiter } from '../../src/backend/rate-limiter.js';
import { decorate } from './decorate.js';
import { recordedKeys } from './recorded-keys.js';
import { serving } from './start.js';
import { type Talk, talk } from './talk.js';

/** With `ws` nobody else sends what was thrown. */
class SendExceptions {
  catch(exception: WsException, host: ArgumentsHost) {
    host.switchToWs().getClient().send(JSON.stringify(exception.getError()));
  }
}
decorate(SendExceptions, [Catch(WsException)]);

/** A gateway that is guarded: Nest has global guards stand before requests and resolvers alone. */
function chat(guard: Type<RateLimitGuard>, decorators: readonly ClassDecorator[] = [UseFilters(new SendExceptions())]) {
  class Chat {
    handleConnection(client: WebSocket, upgraded: object) {
      Object.assign(client, { upgraded });
      client.on('exception', () => client.send('"emitted"'));
    }
    say() {
      return 'said';
    }
    shout() {
      return 'shouted';
    }
    async fail() {
      throw new WsException('it failed');
    }
  }
  return decorate(Chat, [WebSocketGateway({ path: '/' }), UseGuards(guard), ...decorators], {
    say: [SubscribeMessage('say')],
    fail: [SubscribeMessage('fail')],
    shout: [SubscribeMessage('shout'), RateLimit({ limit: 1, windowSeconds: 60 })],
  });
}

function limited(
  options: RateLimitModuleOptions,
  test: (url: string) => Promise<void>,
  gateway: Type<object> = chat(RateLimitGuard),
): Promise<void> {
  const metadata = { imports: [RateLimitModule.forRoot(options)], providers: [gateway] };
  return serving('express', metadata, test, (app) => void app.useWebSocketAdapter(new WsAdapter(app)));
}

/** What a socket hears after each of these messages. */
async function answers(to: Talk, events: readonly string[]): Promise<unknown[]> {
  const heard: unknown[] = [];
  for (const event of events) {
    to.say({ event });
    heard.push(await to.hear());
  }
  return heard;
}

const DENIED = { status: 429, detail: 'Too many requests', retryAfterSeconds: 60 };

describe('RateLimitGuard on WebSockets', () => {
  it('counts each message, over all connections of an address', async () => {
    await limited({ limit: 3, windowSeconds: 60, clock: new ManualClock() }, async (url) => {
      expect(await talk(url, (to) => answers(to, ['say', 'say']))).toEqual(['said', 'said']);
      expect(await talk(url, (to) => answers(to, ['say', 'say', 'say']))).toEqual(['said', DENIED, DENIED]);
    });
  });

  it('lets a decorated handler count on its own', async () => {
    await limited({ limit: 1, windowSeconds: 60, clock: new ManualClock() }, async (url) => {
      const heard = await talk(url, (to) => answers(to, ['shout', 'shout', 'say']));
      expect(heard).toEqual(['shouted', DENIED, 'said']);
    });
  });

  it('tells routes apart by the names of messages', async () => {
    const { keys, limiter } = recordedKeys();
    await limited({ limiter, key: 'route', methods: ['MESSAGE'] }, async (url) => {
      expect(await talk(url, (to) => answers(to, ['say']))).toEqual(['said']);
    });
    expect(keys).toEqual(['route:/say']);
  });

  it('settles a message by how its handler ends, since it has no response that could tell', async () => {
    const ended: unknown[] = [];
    const countIf = ({ status, aborted }: { status: number; aborted: boolean }) => {
      ended.push([status, aborted]);
      return status >= 400;
    };
    const limiter = new RateLimiter({ limit: 2, windowSeconds: 60 });
    await limited({ limiter, countIf }, async (url) => {
      expect(await talk(url, (to) => answers(to, ['say', 'say', 'say']))).toEqual(['said', 'said', 'said']);
      expect(limiter.remaining('127.0.0.1')).toBe(2);
      const heard = await talk(url, (to) => answers(to, ['fail', 'fail', 'fail']));
      expect(heard).toEqual(['it failed', 'it failed', DENIED]);
    });
    expect(ended).toEqual([...Array(3).fill([200, false]), ...Array(2).fill([500, false])]);
  });

  it('tells clients behind a proxy apart where the application keeps the request that was upgraded', async () => {
    class KeepingGuard extends RateLimitGuard {
      protected override getRequestResponse(context: ExecutionContext) {
        return { req: context.switchToWs().getClient().upgraded };
      }
    }
    decorate(KeepingGuard, [Injectable()]);
    await limited(
      { limit: 1, windowSeconds: 60, trustProxy: 'loopback', clock: new ManualClock() },
      async (url) => {
        const of = (address: string) =>
          talk(url, (to) => answers(to, ['say']), { headers: { 'x-forwarded-for': address } });
        expect([await of('1.1.1.1'), await of('1.1.1.1'), await of('1.1.1.2')]).toEqual([['said'], [DENIED], ['said']]);
      },
      chat(KeepingGuard),
    );
  });

  it('without a filter only emits the denial on the server, as Nest does with any exception', async () => {
    await limited(
      { limit: 1, windowSeconds: 60 },
      async (url) => expect(await talk(url, (to) => answers(to, ['say', 'say']))).toEqual(['said', 'emitted']),
      chat(RateLimitGuard, []),
    );
  });
});
