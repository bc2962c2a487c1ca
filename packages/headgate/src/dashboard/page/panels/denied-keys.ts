import type { LimiterSnapshot } from '../../protocol.js';
import { byId, element, say } from '../elements.js';
import { formatCount, formatKey } from '../format.js';

type Listed = Extract<LimiterSnapshot['denied'], { keys: unknown }>['keys'][number];

interface DeniedRow {
  readonly row: HTMLTableRowElement;
  readonly count: HTMLTableCellElement;
}

/** The keys that were denied most. Their order waits while somebody points at one or has tabbed to it, and says so. */
export class DeniedKeys {
  readonly #body = byId('denied').querySelector('tbody') as HTMLTableSectionElement;
  readonly #lookUp: (key: string) => void;
  #rows = new Map<string, DeniedRow>();

  constructor(lookUp: (key: string) => void) {
    this.#lookUp = lookUp;
  }

  clear(): void {
    this.#rows.clear();
    this.#body.replaceChildren();
  }

  show(denied: LimiterSnapshot['denied']): void {
    const keys = 'keys' in denied ? denied.keys : [];
    const isHeld = this.#body.matches(':hover, :focus-within');
    if (!isHeld) {
      this.#rows = new Map(keys.map((each) => [each.key, this.#rows.get(each.key) ?? this.#newRow(each)]));
      this.#body.replaceChildren(...[...this.#rows.values()].map(({ row }) => row));
    }
    const shown = [...this.#rows.keys()];
    const isBehind = shown.length !== keys.length || keys.some(({ key }, i) => key !== shown[i]);
    byId('order-note').hidden = !isHeld || !isBehind;
    for (const { key, denied, overcount } of keys) {
      const count = this.#rows.get(key)?.count;
      if (count !== undefined) say(count, overcount === 0 ? formatCount(denied) : `≤ ${formatCount(denied)}`);
    }
    byId('denied').hidden = this.#rows.size === 0;
    say(
      byId('denied-note'),
      this.#rows.size > 0 ? '' : 'unknown' in denied ? `Not counted: ${denied.unknown}.` : 'None yet.',
    );
  }

  #newRow({ key, cut }: Listed): DeniedRow {
    const shown = formatKey(key);
    const count = element('td', { class: 'number' });
    const row = element(
      'tr',
      {},
      element('td', { class: 'key', title: shown }, shown),
      count,
      element('td', {}, cut ? element('span', { class: 'aside' }, 'type it whole') : this.#button(key, shown)),
    );
    return { row, count };
  }

  #button(key: string, shown: string): HTMLButtonElement {
    const button = element('button', { type: 'button', 'aria-label': `Look up ${shown}` }, 'Look up');
    button.addEventListener('click', () => this.#lookUp(key));
    return button;
  }
}
