import { readNumber, readTimeMs } from './times.js';
import type { Answer, ToldLimit } from './told-limit.js';

/** The headers of one limit. */
interface Family {
  readonly name: string;
  readonly limit: string;
  readonly remaining: string;
  /** The first that can be read counts. */
  readonly resets: readonly string[];
  readonly countsCalls: boolean;
}

/** Those of a server's one limit: the first whose headers can be read. */
const OF_ONE_LIMIT: readonly Family[] = ['ratelimit-', 'x-ratelimit-', 'x-rate-limit-'].map((prefix) =>
  family('', true, (what) => `${prefix}${what}`),
);

/** Of a limit for calls and of those for tokens, as the APIs of language models have them. */
const UNITS = ['requests', 'tokens', 'input-tokens', 'output-tokens'];

/** All that can be read. */
const OF_SEVERAL_LIMITS: readonly Family[] = UNITS.flatMap((unit) => [
  family(unit, unit === 'requests', (what) => `x-ratelimit-${what}-${unit}`),
  family(unit, unit === 'requests', (what) => `anthropic-ratelimit-${unit}-${what}`),
]);

function family(name: string, countsCalls: boolean, header: (what: string) => string): Family {
  const resets = [header('reset-after'), header('reset')];
  return { name, limit: header('limit'), remaining: header('remaining'), resets, countsCalls };
}

/** `X-RateLimit-Limit`, `-Remaining` and `-Reset`, `RateLimit-*` of the IETF's drafts up to 6, and the like. */
export function readNamedHeaders(headers: Answer['headers'], serverMs: number): readonly ToldLimit[] {
  const read = (families: readonly Family[]) => families.flatMap((each) => readFamily(headers, each, serverMs));
  return [...read(OF_ONE_LIMIT).slice(0, 1), ...read(OF_SEVERAL_LIMITS)];
}

function readFamily(headers: Answer['headers'], of: Family, serverMs: number): readonly ToldLimit[] {
  const remaining = readNumber(headers.get(of.remaining));
  if (remaining === undefined) return [];
  const resetMs = of.resets.map((reset) => readTimeMs(headers.get(reset), serverMs)).find((ms) => ms !== undefined);
  if (resetMs === undefined) return [];
  const limit = readNumber(headers.get(of.limit)?.split(/[,;]/, 1)[0] ?? null); // drafts up to 6: `100, 100;w=60`
  return [{ name: of.name, limit, remaining: Math.floor(remaining), resetMs, countsCalls: of.countsCalls }];
}
