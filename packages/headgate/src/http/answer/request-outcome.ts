import { type Cost, type Decision, decision as decisionOf, type Policy, tightest } from '@headgate/core-ts';
import type { HttpDecision } from '../key/client.js';
import type { HttpLimiter } from '../options/options.js';
import type { Outcome, Refusal } from '../outcome.js';
import type { HeaderWriter } from './headers.js';

const LAST = Symbol.for('headgate.last-outcome');

/** What one limiter decided on a request, linked to what others before it did. */
export class RequestOutcome implements Outcome {
  readonly decision: HttpDecision;
  readonly cost: Cost;
  readonly refusal: Refusal | undefined;
  readonly settle: Outcome['settle'];
  // Not private: what another copy of this package decided on the same request is read too.
  readonly headerSettings: HeaderSettings;
  readonly limiter: Limiter;
  readonly before: RequestOutcome | undefined;
  readonly #requestScope: object;

  constructor(
    headerSettings: HeaderSettings,
    requestScope: object,
    limiter: Limiter,
    decision: HttpDecision,
    cost: Cost,
    refusal: Refusal | undefined,
    settle: Outcome['settle'],
  ) {
    this.decision = decision;
    this.cost = cost;
    this.refusal = refusal;
    this.settle = settle;
    this.headerSettings = headerSettings;
    this.limiter = limiter;
    this.before = lastOf(requestScope);
    this.#requestScope = requestScope;
    (requestScope as RequestScope)[LAST] = this;
  }

  /** Of several limiters the one that binds, and each one's policies. */
  headers(): readonly string[] {
    const { dryRun, writeHeaders } = this.headerSettings;
    const last = lastOf(this.#requestScope) ?? this; // asked again, it tells of those after it too
    if ((last === this && this.before === undefined) || dryRun) return writeHeaders(this.limiter, this.decision);
    const { policies, decision } = together(last);
    return writeHeaders({ policies }, decision);
  }

  stale(): readonly string[] {
    if (this.refusal === undefined || this.before === undefined) return [];
    const own = new Set(this.headers().map((name) => name.toLowerCase()));
    const others = chain(this.before).flatMap(({ headerSettings }) => headerSettings.headerNames);
    return others.filter((name) => !own.has(name.toLowerCase()));
  }

  isOverruled(): boolean {
    const last = lastOf(this.#requestScope);
    return last !== this && last?.refusal !== undefined;
  }

  /** What the same middleware decided on this request already. */
  static earlier(headerSettings: HeaderSettings, requestScope: object): RequestOutcome | undefined {
    for (let each = lastOf(requestScope); each !== undefined; each = each.before)
      if (each.headerSettings === headerSettings) return each;
    return undefined;
  }

  /** What the same limiter decided on this request already, by the same key. */
  static byLimiter(limiter: Limiter, key: string, requestScope: object): RequestOutcome | undefined {
    for (let each = lastOf(requestScope); each !== undefined; each = each.before)
      if (each.limiter === limiter && each.decision.key === key) return each;
    return undefined;
  }
}

/** All limiters on a request: a denial binds, and else the one with the fewest units left. */
function together(last: RequestOutcome): { policies: readonly Policy[]; decision: Decision } {
  const all = chain(last)
    .filter(({ headerSettings }) => !headerSettings.dryRun)
    .reverse();
  const names = new Set<string>();
  const policies: Policy[] = [];
  const rows = all.flatMap(({ decision, limiter }) => {
    const own = limiter.policies;
    return decision.policies.map((row, i) => {
      const name = ownName(row.name, names);
      policies.push(withName(own[i] as Policy, name));
      return row.name === name ? row : { ...row, name };
    });
  });
  const denied = all.find(({ decision }) => !decision.allowed)?.decision;
  const decision = denied ? { ...denied, policies: rows } : decisionOf(true, rows, tightest(rows));
  return { policies, decision };
}

/** The middleware whose decision it is, as far as that matters here. */
interface HeaderSettings {
  readonly dryRun: boolean;
  readonly writeHeaders: HeaderWriter;
  readonly headerNames: readonly string[];
}

/** Its policies are asked for only where they are told: reading them from the native engine takes a while. */
type Limiter = Pick<HttpLimiter, 'policies' | 'reset'>;

/** What lives as long as the request does: the `requestScope` of a reader. */
interface RequestScope {
  [LAST]?: RequestOutcome;
}

/** What the last limiter decided on a request. */
export function lastDecision(requestScope: object): HttpDecision | undefined {
  return lastOf(requestScope)?.decision;
}

/** It and those before it. */
function chain(last: RequestOutcome | undefined): RequestOutcome[] {
  const all: RequestOutcome[] = [];
  for (let each = last; each !== undefined; each = each.before) all.push(each);
  return all;
}

function lastOf(requestScope: object): RequestOutcome | undefined {
  return (requestScope as RequestScope)[LAST];
}

/** Two limiters may both have a policy called `default`: in a field each needs a name of its own. */
function ownName(name: string, taken: Set<string>): string {
  const sendable = name.replace(/[^\x20-\x7e]/g, '?'); // the other limiter's fields may be none that carry names
  let own = sendable;
  for (let number = 2; taken.has(own); number++) own = `${sendable}-${number}`;
  taken.add(own);
  return own;
}

function withName(policy: Policy, name: string): Policy {
  return policy.name === name ? policy : { ...policy, name };
}
