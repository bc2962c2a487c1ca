import { fork } from 'node:child_process';
import { once } from 'node:events';

/** The processes that ask, each in its way. */
const MEMBERS = [
  { kind: 'ioredis', onOutage: 'throw', isBehindProxy: false },
  { kind: 'redis', onOutage: 'throw', isBehindProxy: true },
  { kind: 'ioredis', onOutage: 'local', isBehindProxy: true },
  { kind: 'redis', onOutage: 'closed', isBehindProxy: false },
];

/** Starts them, and tells all of them one thing at a time. */
export async function startCrew({ port, proxyPort }) {
  const children = MEMBERS.map(({ kind, onOutage, isBehindProxy }, i) => {
    const args = [i, isBehindProxy ? proxyPort : port, kind, onOutage].map(String);
    return fork(new URL('./process.mjs', import.meta.url), args, { execArgv: ['--expose-gc'] });
  });
  await Promise.all(children.map((child) => answer(child)));
  return {
    tell(message) {
      for (const child of children) child.send(message);
    },
    /** What each answers. */
    ask: (message) =>
      Promise.all(
        children.map((child) => {
          child.send(message);
          return answer(child);
        }),
      ),
    stop: () => children.forEach((child) => void child.kill()),
  };
}

/** A process that ends by itself is a failure that nothing hides. */
async function answer(child) {
  const ended = new AbortController();
  const [message] = await Promise.race([
    once(child, 'message', { signal: ended.signal }),
    once(child, 'exit', { signal: ended.signal }).then(([code, signal]) => {
      throw new Error(`a process ended with ${code ?? signal}`);
    }),
  ]);
  ended.abort();
  if (message.type === 'failed') throw new Error(`a process failed: ${message.why}`);
  return message;
}
