import type { Decision, PolicyRow } from '@headgate/core-ts';
import { OWN_HEADER, QUERY, type Snapshot } from '../protocol.js';

/** A decision, with `null` for `Infinity`, which JSON has not. */
export interface Standing extends Waiting, Omit<Decision, keyof Waiting | 'policies'> {
  readonly policies: readonly (Waiting & Omit<PolicyRow, keyof Waiting>)[];
}

interface Waiting {
  readonly retryAfterMs: number | null;
}

export interface NamedKey {
  readonly limiter: string;
  readonly key: string;
}

const LONGEST_WAIT_MS = 10_000;

export function fetchSnapshot(): Promise<Snapshot> {
  return ask('snapshot', {});
}

export function peek(named: NamedKey): Promise<Standing> {
  return post('peek', named);
}

export function reset(named: NamedKey): Promise<{ readonly live: boolean }> {
  return post('reset', named);
}

export function block(named: NamedKey, seconds: number): Promise<{ readonly blocked: boolean }> {
  return post('block', { ...named, seconds });
}

function post<T>(what: string, body: NamedKey & { readonly seconds?: number }): Promise<T> {
  const headers = { 'Content-Type': 'application/json', [OWN_HEADER]: 'dashboard' };
  return ask(what, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** The page's own address with one more parameter, so that it works wherever it is mounted. */
async function ask<T>(what: string, init: RequestInit): Promise<T> {
  const url = new URL(location.href);
  url.hash = '';
  url.searchParams.set(QUERY, what);
  const response = await fetch(url, { ...init, cache: 'no-store', signal: AbortSignal.timeout(LONGEST_WAIT_MS) });
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('application/json')) throw new Error(`${response.status}, and no JSON: signed out?`);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? `status ${response.status}`);
  return answer;
}
