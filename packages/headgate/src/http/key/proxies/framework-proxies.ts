import type { Reader } from '../../reader.js';
import { addressText } from '../address/address.js';
import { type Trusts, trustsEverybody } from './proxies.js';

/** The proxies of one request, and the header in which they say who sent it to them. */
export interface FrameworkProxies {
  readonly trusts: Trusts;
  /** In lower case. */
  readonly header?: string | undefined;
}

/** Answers the proxies that the framework trusts; `undefined` where it trusts none. */
export function frameworkTrust<R>({ proxies }: Reader<R>): (request: R) => FrameworkProxies | undefined {
  let isChecked = false;
  return (request) => {
    const setting = proxies?.(request);
    if (setting === undefined) return undefined;
    if (!isChecked && setting.trustsEverybody()) throw trustsEverybody(`framework, with ${setting.name}`);
    isChecked = true;
    return {
      header: setting.header,
      trusts: (address, hop) => setting.trusts(address === undefined ? '' : addressText(address), hop),
    };
  };
}
