import { byId, element, say } from '../elements.js';
import { formatRate } from '../format.js';
import type { Rates } from './rate-history.js';

interface Tab {
  readonly name: string;
  readonly rates: Rates | undefined;
  /** Whether calls are decided without the server now. */
  readonly isDegraded: boolean;
}

/** One button for each limiter, with what happens there per second. */
export class LimiterTabs {
  readonly #nav = byId('limiters');
  readonly #changed: () => void;
  readonly #buttons = new Map<string, { readonly button: HTMLButtonElement; readonly rate: HTMLElement }>();
  #chosen = '';

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** The name of the limiter that the rest of the page is about. */
  get chosen(): string {
    return this.#chosen;
  }

  show(tabs: readonly Tab[]): void {
    if (!tabs.some(({ name }) => name === this.#chosen)) this.#chosen = tabs[0]?.name ?? '';
    for (const { name, rates, isDegraded } of tabs) {
      const { button, rate } = this.#buttons.get(name) ?? this.#add(name);
      button.classList.toggle('degraded', isDegraded);
      button.setAttribute('aria-current', String(name === this.#chosen));
      const where = isDegraded ? ' · without the server' : '';
      const known = typeof rates?.allowed === 'number' && typeof rates.denied === 'number';
      say(
        rate,
        known
          ? `${formatRate(rates.allowed)}/s allowed · ${formatRate(rates.denied)}/s denied${where}`
          : `first reading${where}`,
      );
    }
  }

  #add(name: string) {
    const rate = element('span', { class: 'rate' });
    const button = element('button', { type: 'button' }, element('span', { class: 'name' }, name), rate);
    button.addEventListener('click', () => {
      this.#chosen = name;
      this.#changed();
    });
    const added = { button, rate };
    this.#buttons.set(name, added);
    this.#nav.append(button);
    return added;
  }
}
