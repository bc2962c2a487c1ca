import { find } from '#peers/rate-limiter-flexible';
import { RateLimiterAbstract } from './rate-limiter-abstract.js';
import { RateLimiterRes } from './rate-limiter-res.js';

/** The classes by which rate-limiter-flexible tells what is a limiter and what is an answer. */
export interface PeerClasses {
  readonly Abstract: typeof RateLimiterAbstract;
  readonly Res: typeof RateLimiterRes;
}

/** The peer's own, from where the application has it, or else ones that stand by themselves. */
export const classes: PeerClasses = peerClasses(loadPeer()) ?? { Abstract: RateLimiterAbstract, Res: RateLimiterRes };

/**
 * The classes of a loaded rate-limiter-flexible. The abstract one is not exported, so it is taken as what the peer's
 * own memory limiter extends; where either is not there, none is taken.
 */
export function peerClasses(peer: unknown): PeerClasses | undefined {
  const { RateLimiterMemory, RateLimiterRes: Res } = (peer ?? {}) as Record<string, unknown>;
  if (typeof RateLimiterMemory !== 'function' || typeof Res !== 'function') return undefined;
  const Abstract: unknown = Object.getPrototypeOf(RateLimiterMemory);
  if (typeof Abstract !== 'function' || Abstract === Function.prototype) return undefined;
  return { Abstract, Res } as unknown as PeerClasses;
}

/** `undefined` where it is not installed, and in a runtime without Node's modules. */
function loadPeer(): unknown {
  const found = find();
  return 'error' in found ? undefined : found.module;
}
