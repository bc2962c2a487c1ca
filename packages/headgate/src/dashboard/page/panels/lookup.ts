import type { LimiterSnapshot } from '../../protocol.js';
import { byId, cell, element, say } from '../elements.js';
import { formatCount, formatDuration, formatKey } from '../format.js';
import { block, type NamedKey, peek, reset, type Standing } from '../requests.js';

/** One key: what remains of it, at each reading anew, and buttons that reset and block it. */
export class Lookup {
  readonly #input = byId<HTMLInputElement>('key');
  readonly #note = byId('key-note');
  readonly #limiter: () => LimiterSnapshot | undefined;
  /** What is looked at; an answer about anything else comes too late. */
  #named: NamedKey | undefined;
  #failed = false;

  constructor(limiter: () => LimiterSnapshot | undefined) {
    this.#limiter = limiter;
    byId('lookup').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#start(this.#input.value);
    });
    byId('reset').addEventListener('click', () => this.#reset());
    byId('block').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#block(Number(byId<HTMLSelectElement>('block-for').value));
    });
  }

  /** Looks at a key of the list. */
  open(key: string): void {
    this.#input.value = key;
    this.#input.focus();
    this.#start(key);
  }

  clear(): void {
    this.#named = undefined;
    byId('answer').hidden = true;
    say(this.#note, '');
  }

  async refresh(): Promise<void> {
    const named = this.#named;
    if (named === undefined) return;
    const standing = await this.#answerTo(named, peek);
    if (standing !== undefined) this.#show(named, standing);
  }

  #start(key: string): void {
    this.clear();
    const limiter = this.#limiter();
    if (limiter === undefined) return; // before the first reading nothing can be asked
    this.#named = { limiter: limiter.name, key };
    void this.refresh();
  }

  async #reset(): Promise<void> {
    const named = this.#named;
    if (named === undefined) return;
    const done = await this.#answerTo(named, reset);
    if (done === undefined) return;
    say(this.#note, done.live ? 'It was reset: all of its units are back.' : 'There was nothing to reset.');
    await this.refresh();
  }

  async #block(seconds: number): Promise<void> {
    const named = this.#named;
    if (named === undefined) return;
    const done = await this.#answerTo(named, (each) => block(each, seconds));
    if (done === undefined) return;
    const end = formatDuration(seconds * 1000);
    say(this.#note, done.blocked ? `It is blocked for ${end} at least; a reset ends that.` : 'The limiter is full.');
    await this.refresh();
  }

  async #answerTo<T>(named: NamedKey, ask: (named: NamedKey) => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await ask(named);
      if (this.#failed) say(this.#note, '');
      this.#failed = false;
      return this.#named === named ? answer : undefined;
    } catch (error) {
      this.#failed = true;
      say(this.#note, `No answer about this key: ${(error as Error).message}`);
      return undefined;
    }
  }

  #show({ key }: NamedKey, standing: Standing): void {
    const [shown, text, verdict] = [formatKey(key), verdictOf(standing), byId('verdict')];
    if (verdict.textContent !== `${shown} ${text}`) verdict.replaceChildren(element('b', {}, shown), ` ${text}`);
    const policies = this.#limiter()?.policies ?? [];
    const rows = standing.policies.map((row, i) => rowOf(row, policies[i]?.burst ?? row.limit));
    byId('standing')
      .querySelector('tbody')
      ?.replaceChildren(...rows);
    byId('block').hidden = this.#limiter()?.canBlock !== true;
    byId('answer').hidden = false;
  }
}

function verdictOf({ allowed, retryAfterMs }: Standing): string {
  if (allowed) return 'would be allowed now';
  return retryAfterMs === null ? 'is never allowed' : 'is denied now';
}

function rowOf({ name, remaining, resetAfterMs, retryAfterMs }: Standing['policies'][number], most: number) {
  const bar = element('i', {});
  bar.style.width = `${most === 0 ? 0 : (100 * remaining) / most}%`;
  const meter = element('span', { class: 'meter', 'aria-hidden': 'true' }, bar);
  const left = element('div', { class: 'left' }, meter, `${formatCount(remaining)} of ${formatCount(most)}`);
  const waits = Object.entries({ 'Denied for': retryAfterMs, 'Full again in': resetAfterMs });
  const times = waits.map(([label, ms]) => cell(label, { class: 'number' }, waitOf(ms)));
  return element('tr', {}, cell('Policy', {}, name), cell('Remaining', {}, left), ...times);
}

function waitOf(ms: number | null): string {
  if (ms === null) return 'ever';
  return ms === 0 ? '–' : formatDuration(ms);
}
