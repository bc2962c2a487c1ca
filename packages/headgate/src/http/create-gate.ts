import type { Gate } from './gate.js';
import { HttpGate } from './http-gate.js';
import { checkFunctions } from './options/http-options.js';
import type { HttpOptions } from './options/options.js';
import { readHttpOptions } from './options/read-http-options.js';
import type { Reader } from './reader.js';
import { noteMade } from './warnings/made-per-request.js';

/**
 * A gate for one framework, which is told by how its requests are read.
 *
 * @param extra names of options that the framework's adapter reads itself
 * @throws TypeError or RangeError for a bad option, with its name and value.
 */
export function createGate<R>(options: HttpOptions<R>, reader: Reader<R>, extra: readonly string[] = []): Gate<R> {
  const settings = readHttpOptions(options, reader, extra);
  checkFunctions(
    options as Record<string, unknown>,
    extra.filter((name) => CALLBACKS.includes(name)),
  );
  const gate = new HttpGate(settings, reader);
  if (options.limiter === undefined) noteMade(gate); // one that was given counts on whoever is made for it
  return gate;
}

/** Those of the options that adapters read themselves that are functions. */
const CALLBACKS = ['handler', 'onError'];
