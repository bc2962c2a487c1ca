import type { FrameworkSetting } from './framework-setting.js';

/** What is read of Express's application. */
interface ExpressApp {
  get(name: string): unknown;
}

/** What `app.set('trust proxy', …)` says, which Express compiles into a function of the address and its hop. */
export function expressProxies({ app }: { readonly app?: ExpressApp | undefined }): FrameworkSetting | undefined {
  const setting = app?.get('trust proxy fn');
  const value = app?.get('trust proxy');
  if (typeof setting !== 'function' || !value) return undefined;
  const trusts = setting as (address: string, hop: number) => boolean;
  return {
    name: `'trust proxy', ${typeof value === 'function' ? 'a function' : String(value)}`,
    trusts,
    trustsEverybody: () => trusts(NOBODYS, FAR),
  };
}

/** An address that no proxy has (RFC 5737), further away than proxies stand behind one another. */
const NOBODYS = '192.0.2.1';
const FAR = 1_000;
