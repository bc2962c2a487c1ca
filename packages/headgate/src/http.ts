// `headgate/http`: what the adapters are made of, for a framework that has none yet.
export type { DecisionEvent, EngineErrorEvent } from './http/channels.js';
export type { Client } from './http/client.js';
export { createGate, type Gate } from './http/gate.js';
export type { FrameworkSetting } from './http/identity/framework-proxies.js';
export type { Ipv6Subnet } from './http/identity/ipv6-subnet.js';
export { maskAddress } from './http/identity/mask-address.js';
export type { TrustProxy } from './http/identity/proxies.js';
export type { KeyFunction, KeyKind, KeyOption } from './http/key.js';
export type { MaybePromise } from './http/maybe-promise.js';
export type { Ended, HttpDecision, HttpLimiter, HttpOptions, Reserved, Standard } from './http/options.js';
export { optionsFromEnv } from './http/options-from-env.js';
export type { Outcome, Refusal } from './http/outcome.js';
export type { Reader } from './http/reader.js';
