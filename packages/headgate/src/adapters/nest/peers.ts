import { find as findCommon } from '#peers/nest-common';
import { find as findCore } from '#peers/nest-core';
import { find as findWebsockets } from '#peers/nest-websockets';
import { find as findRxjs } from '#peers/rxjs';
import { demand } from '../../backend/peer.js';

/** Nest is CommonJS, so `require` answers the one copy that the application has; an `import` could be another. */
export const common = demand<typeof import('@nestjs/common')>(findCommon(), '@nestjs/common', 'headgate/nest');
export const core = demand<typeof import('@nestjs/core')>(findCore(), '@nestjs/core', 'headgate/nest');

type Websockets = typeof import('@nestjs/websockets');
let websockets: Websockets | undefined;

export function loadWebsockets(): Websockets {
  websockets ??= demand<Websockets>(findWebsockets(), '@nestjs/websockets', 'headgate/nest');
  return websockets;
}

type Rxjs = typeof import('rxjs');
let rxjs: Rxjs | undefined;

/** Nest's own, which whoever has Nest has. */
export function loadRxjs(): Rxjs {
  rxjs ??= demand<Rxjs>(findRxjs(), 'rxjs', 'headgate/nest');
  return rxjs;
}
