import { isPromise } from '../../src/http/callbacks/maybe-promise.js';
import {
  createGate,
  type FrameworkSetting,
  type Gate,
  type HttpOptions,
  type Outcome,
  type Reader,
} from '../../src/http/http.js';

/** A request as a gate sees it, without a server. */
export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly address?: string | null | undefined;
  /** By their lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly route?: string;
  readonly user?: unknown;
  readonly proxies?: FrameworkSetting;
}

export const reader: Reader<Asked> = {
  method: ({ method = 'GET' }) => method,
  path: ({ path = '/' }) => path,
  address: ({ address }) => address,
  header: ({ headers = {} }, name) => headers[name],
  route: ({ route }) => route,
  user: ({ user }) => user,
  proxies: ({ proxies }) => proxies,
  requestScope: (request) => request,
};

export function gateOf(options: HttpOptions<Asked>): Gate<Asked> {
  return createGate(options, reader);
}

/** What a gate answers at once; a promise is an error. */
export function decideNow(gate: Gate<Asked>, request: Asked = {}): Outcome {
  const outcome = gate.decide(request);
  if (isPromise(outcome)) throw new Error('the gate answered a promise');
  return outcome;
}

/** Headers of an outcome by their names. */
export function headersOf(outcome: Outcome): Record<string, string> {
  const [list, headers] = [outcome.headers(), {} as Record<string, string>];
  for (let i = 0; i < list.length; i += 2) headers[list[i] as string] = list[i + 1] as string;
  return headers;
}
