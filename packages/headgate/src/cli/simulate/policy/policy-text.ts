import { type Algorithm, type PolicyOptions, show } from '@headgate/core-ts';
import { durationMs } from './duration.js';

const ALGORITHMS: readonly Algorithm[] = ['fixed-window', 'sliding-window', 'token-bucket'];

/** A policy as the command line has it, and the limits that it stands for: all of them hold at once. */
export interface NamedPolicy {
  readonly name: string;
  readonly text: string;
  readonly limits: readonly PolicyOptions[];
}

/** A policy that can't be read, with the place. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';

  /** `at`: how many characters come before the place. */
  constructor(text: string, at: number, wanted: string) {
    const end = at + (/^\S+/.exec(text.slice(at))?.[0].length ?? 0);
    const got = end > at ? show(text.slice(at, end)) : 'the end';
    super(`at character ${at + 1}: ${wanted}, got ${got}\n  ${text}\n  ${' '.repeat(at)}^`);
  }
}

/**
 * Reads `api=100/1m token-bucket burst=20 block=10m`: a name if there is one, units by window, and what else there is
 * in any order. Several limits that hold at once have commas between them.
 *
 * @throws PolicyError that says at which character.
 */
export function readPolicy(text: string): NamedPolicy {
  const named = /^\s*([^\s=/,]+)=(?=\s*\d)/.exec(text);
  const start = named === null ? 0 : named[0].length;
  const limits: PolicyOptions[] = [];
  let at = start;
  for (const part of text.slice(start).split(',')) {
    limits.push(readLimit(text, at, at + part.length));
    at += part.length + 1;
  }
  return { name: named?.[1] ?? text.trim().replace(/\s+/g, ' '), text: text.slice(start).trim(), limits };
}

function readLimit(text: string, from: number, to: number): PolicyOptions {
  const words = [...text.slice(from, to).matchAll(/\S+/g)].map(({ 0: word, index }) => ({ word, at: from + index }));
  const [first, ...others] = words;
  if (first === undefined) throw new PolicyError(text, to, 'a limit like 100/1m was expected');
  const options: { -readonly [K in keyof PolicyOptions]: PolicyOptions[K] } = readUnits(text, first.word, first.at);
  const given = new Set<string>();
  for (const { word, at } of others) {
    const [, name, value = ''] = /^(burst|block)=(.*)$/.exec(word) ?? [];
    const kind = name ?? 'algorithm';
    if (given.has(kind)) throw new PolicyError(text, at, `one ${kind} is enough`);
    given.add(kind);
    if (name === 'burst') options.burst = readWhole(text, value, at + 6, 'a burst in units, like burst=20,');
    else if (name === 'block') options.blockForMs = readDuration(text, value, at + 6, 'a time like block=10m');
    else if (ALGORITHMS.includes(word as Algorithm)) options.algorithm = word as Algorithm;
    else throw new PolicyError(text, at, `${ALGORITHMS.join(', ')}, burst=UNITS or block=TIME was expected`);
  }
  return options;
}

function readUnits(text: string, word: string, at: number): PolicyOptions {
  const slash = word.indexOf('/');
  if (slash < 0) throw new PolicyError(text, at, 'a limit like 100/1m was expected');
  const limit = readWhole(text, word.slice(0, slash), at, 'a whole number of units');
  return { limit, windowMs: readDuration(text, word.slice(slash + 1), at + slash + 1, 'a window like 30s, 1m or 12h') };
}

function readWhole(text: string, word: string, at: number, what: string): number {
  if (!/^\d+(?:_\d+)*$/.test(word)) throw new PolicyError(text, at, `${what} was expected`);
  return Number(word.replaceAll('_', ''));
}

function readDuration(text: string, word: string, at: number, what: string): number {
  const ms = durationMs(/^(ms|s|m|h|d|w)$/.test(word) ? `1${word}` : word);
  if (ms === undefined) throw new PolicyError(text, at, `${what} was expected`);
  return ms;
}
