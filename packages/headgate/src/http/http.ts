// `headgate/http`: what the adapters are made of, for a framework that has none yet.

export type { MaybePromise } from './callbacks/maybe-promise.js';
export type { DecisionEvent, EngineErrorEvent } from './channels.js';
export { createGate } from './create-gate.js';
export type { Gate } from './gate.js';
export type { Ipv6Subnet } from './key/address/ipv6-subnet.js';
export { maskAddress } from './key/address/mask-address.js';
export type { Client, HttpDecision } from './key/client.js';
export type { KeyFunction, KeyKind, KeyOption } from './key/key.js';
export type { FrameworkSetting } from './key/proxies/framework-setting.js';
export type { TrustProxy } from './key/proxies/proxies.js';
export type { Ended, HttpLimiter, HttpOptions, Reserved, Standard } from './options/options.js';
export { optionsFromEnv } from './options/options-from-env.js';
export type { Outcome, Refusal } from './outcome.js';
export type { Reader } from './reader.js';
