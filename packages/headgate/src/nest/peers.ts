import { createRequire } from 'node:module';

const requireHere = createRequire(import.meta.url);

/** Nest is CommonJS, so `require` answers the one copy that the application has; an `import` could be another. */
export const common = load<typeof import('@nestjs/common')>('@nestjs/common', requireHere);
export const core = load<typeof import('@nestjs/core')>('@nestjs/core', requireHere);

type Websockets = typeof import('@nestjs/websockets');
let websockets: Websockets | undefined;

/** Asked for from where `@nestjs/core` is, whose optional peer it is: so it is the application's own as well. */
export function loadWebsockets(): Websockets {
  websockets ??= load<Websockets>('@nestjs/websockets', createRequire(requireHere.resolve('@nestjs/core')));
  return websockets;
}

type Rxjs = typeof import('rxjs');
let rxjs: Rxjs | undefined;

/** Nest's own, which whoever has Nest has. */
export function loadRxjs(): Rxjs {
  rxjs ??= load<Rxjs>('rxjs', createRequire(requireHere.resolve('@nestjs/core')));
  return rxjs;
}

/** @throws Error that says what to install, with the original as `cause`. */
export function load<T>(name: string, require: NodeJS.Require): T {
  try {
    return require(name) as T;
  } catch (cause) {
    throw new Error(`headgate/nest needs ${name}, which can't be loaded: npm install ${name}`, { cause });
  }
}
