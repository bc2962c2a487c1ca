import type { Decision } from '@headgate/core-ts';
import type { Output } from './output.js';
import type { NamedPolicy } from './policy/policy-text.js';

/** Writes what came of each request, a line of JSON each, in the order in which they were decided. */
export class DecisionsFile {
  readonly #output: Output;
  readonly #names: readonly string[];
  /** By the names of the policies, which may be any. */
  #decisions: [name: string, Pick<Decision, 'allowed' | 'remaining' | 'retryAfterMs'>][] = [];
  readonly note = (policy: number, { allowed, remaining, retryAfterMs }: Decision): void => {
    this.#decisions.push([this.#names[policy] as string, { allowed, remaining, retryAfterMs }]);
  };

  constructor(output: Output, policies: readonly NamedPolicy[]) {
    this.#output = output;
    this.#names = policies.map(({ name }) => name);
  }

  /** Of the request that the noted decisions are about. */
  write(timeMs: number, key: string, file: string, line: number): void {
    const decisions = Object.fromEntries(this.#decisions);
    const decided = { file, line, time: new Date(timeMs).toISOString(), key, decisions };
    this.#output.write(`${JSON.stringify(decided)}\n`);
    this.#decisions = [];
  }
}
