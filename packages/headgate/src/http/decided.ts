import { type Decision, decision as decisionOf, type Policy, tightest } from '@headgate/core-ts';
import type { HeaderWriter } from './headers.js';
import type { Outcome, Refusal } from './outcome.js';

const LAST = Symbol.for('headgate.last-outcome');

/** What one limiter decided on a request, linked to what others before it did. */
export class Decided implements Outcome {
  readonly decision: Decision;
  readonly refusal: Refusal | undefined;
  readonly settle: Outcome['settle'];
  /** Whose decision it is, to know it again on the same request. */
  readonly by: object;
  readonly #policies: readonly Policy[];
  readonly #write: HeaderWriter;
  readonly #before: Decided | undefined;

  constructor(
    by: object,
    carrier: object,
    policies: readonly Policy[],
    decision: Decision,
    write: HeaderWriter,
    refusal: Refusal | undefined,
    settle: Outcome['settle'],
  ) {
    this.by = by;
    this.decision = decision;
    this.refusal = refusal;
    this.settle = settle;
    this.#policies = policies;
    this.#write = write;
    this.#before = lastOf(carrier);
    (carrier as Carrier)[LAST] = this;
  }

  /** Of several limiters the one that binds, and each one's policies. */
  headers(): readonly string[] {
    if (this.#before === undefined) return this.#write(this.#policies, this.decision);
    const { policies, decision } = this.#withThoseBefore();
    return this.#write(policies, decision);
  }

  static earlier(by: object, carrier: object): Decided | undefined {
    for (let each = lastOf(carrier); each !== undefined; each = each.#before) if (each.by === by) return each;
    return undefined;
  }

  /** All limiters on this request: a denial binds, and else the one with the fewest units left. */
  #withThoseBefore(): { policies: readonly Policy[]; decision: Decision } {
    const all: Decided[] = [];
    for (let each: Decided | undefined = this; each !== undefined; each = each.#before) all.unshift(each);
    const names = new Set<string>();
    const policies: Policy[] = [];
    const rows = all.flatMap((each) =>
      each.decision.policies.map((row, i) => {
        const name = ownName(row.name, names);
        policies.push(withName(each.#policies[i] as Policy, name));
        return row.name === name ? row : { ...row, name };
      }),
    );
    const denied = this.decision.allowed ? undefined : this.decision;
    const decision = denied ? { ...denied, policies: rows } : decisionOf(true, rows, tightest(rows));
    return { policies, decision };
  }
}

interface Carrier {
  [LAST]?: Decided;
}

function lastOf(carrier: object): Decided | undefined {
  return (carrier as Carrier)[LAST];
}

/** Two limiters may both have a policy called `default`: in a field each needs a name of its own. */
function ownName(name: string, taken: Set<string>): string {
  let own = name;
  for (let number = 2; taken.has(own); number++) own = `${name}-${number}`;
  taken.add(own);
  return own;
}

function withName(policy: Policy, name: string): Policy {
  return policy.name === name ? policy : { ...policy, name };
}
