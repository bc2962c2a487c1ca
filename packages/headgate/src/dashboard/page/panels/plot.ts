import type { Policy } from '@headgate/core-ts';
import uPlot from 'uplot';
import { byId, say } from '../elements.js';
import { formatCount, formatRate, formatSlowRate, formatTime } from '../format.js';
import { type RateHistory, SPAN_SECONDS } from './rate-history.js';

/** The top of the scale where little happens, in decisions per second. */
const LEAST_TOP = 5;
const WHOLE_STEPS = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();
/** What is nearer to the right edge has no room for its time there. */
const EDGE_SECONDS = 5;
/** The plot is so long at least, and grows to its whole span. */
const LEAST_SPAN_SECONDS = 20;
/** A limit so many times as high as what happens stands in the legend only: drawn, it would press the rest flat. */
const HIGHEST_LIMIT = 3;

/** The moving plot, with its legend: what is under the pointer, and else the last second. */
export class RatePlot {
  readonly #mount = byId('plot');
  readonly #plot: uPlot;
  #history: RateHistory | undefined;
  #nowSeconds = 0;
  #limitRate = Number.POSITIVE_INFINITY;

  constructor() {
    this.#plot = new uPlot(this.#options(), [[], [], [], []], this.#mount);
    new ResizeObserver(() => this.#resize()).observe(this.#mount);
  }

  draw(history: RateHistory, nowMs: number, policies: readonly Policy[]): void {
    this.#history = history;
    this.#limitRate = limitRateOf(policies);
    this.#nowSeconds = nowMs / 1000;
    const { columns, latest } = history;
    const [times] = columns;
    this.#plot.setData([...columns, times.map(() => this.#drawnLimit())]);
    byId('plot-note').hidden = latest !== undefined;
    this.#showLegend();
    this.#sayLimit();
    const spoken =
      latest === undefined ? 'nothing yet' : `now ${shown(latest.allowed)} allowed, ${shown(latest.denied)} denied`;
    this.#mount.setAttribute('aria-label', `Decisions per second in the last two minutes: ${spoken}`);
  }

  /** Colors are looked up at each drawing. */
  recolor(): void {
    this.#plot.redraw();
  }

  #options(): uPlot.Options {
    const line = (color: string, label: string): uPlot.Series => ({
      label,
      width: 2,
      stroke: () => colorOf(color),
      fill: () => colorOf(color).replace(/^rgb\((.*)\)$/, 'rgba($1, 0.15)'),
      points: { show: false },
    });
    const limit: uPlot.Series = {
      label: 'limit of a key',
      stroke: () => colorOf('muted'),
      width: 1.5,
      dash: [6, 5],
      points: { show: false },
    };
    const axis: uPlot.Axis = {
      stroke: () => colorOf('muted'),
      grid: { stroke: () => colorOf('line'), width: 1 },
      ticks: { show: false },
      font: '12px system-ui, "Liberation Sans", sans-serif',
      labelFont: '12px system-ui, "Liberation Sans", sans-serif',
      labelSize: 18,
      labelGap: 2,
    };
    return {
      ...this.#size(),
      legend: { show: false },
      padding: [10, 4, 0, 0],
      cursor: { drag: { x: false, y: false }, y: false, points: { size: 7 } },
      scales: {
        x: { range: () => [this.#nowSeconds - this.#span(), this.#nowSeconds] },
        y: { range: (_plot, _least, most) => [0, Math.max(LEAST_TOP, (most ?? 0) * 1.1)] },
      },
      series: [{}, line('allowed', 'allowed'), line('denied', 'denied'), limit],
      axes: [
        {
          ...axis,
          label: 'time of day',
          size: 28,
          space: 90,
          values: (_plot, splits) => splits.map((each) => this.#timeAt(each)),
        },
        {
          ...axis,
          label: 'decisions per second',
          size: 50,
          incrs: WHOLE_STEPS,
          values: (_plot, splits) => splits.map(formatCount),
        },
      ],
      hooks: { setCursor: [() => this.#showLegend()] },
    };
  }

  #timeAt(seconds: number): string {
    return seconds > this.#nowSeconds - EDGE_SECONDS ? '' : formatTime(seconds);
  }

  #showLegend(): void {
    const [times, allowed, denied] = this.#history?.columns ?? [[], [], []];
    const pointed = this.#plot.cursor.idx ?? undefined;
    const index = pointed ?? times.length - 1;
    say(byId('legend-time'), pointed === undefined ? 'now' : formatTime(times[index] ?? 0));
    say(byId('allowed-rate'), shown(allowed[index]));
    say(byId('denied-rate'), shown(denied[index]));
  }

  /** From the first reading, so that nothing stands empty that could be drawn in. */
  #span(): number {
    const first = this.#history?.columns[0][0] ?? this.#nowSeconds;
    return Math.min(SPAN_SECONDS, Math.max(LEAST_SPAN_SECONDS, this.#nowSeconds - first));
  }

  #drawnLimit(): number | null {
    const [, allowed, denied] = this.#history?.columns ?? [[], [], []];
    const top = Math.max(LEAST_TOP, ...[...allowed, ...denied].map((rate) => rate ?? 0));
    return this.#limitRate <= HIGHEST_LIMIT * top ? this.#limitRate : null;
  }

  #sayLimit(): void {
    byId('limit-rate').hidden = !Number.isFinite(this.#limitRate);
    byId('limit-rate').classList.toggle('drawn', this.#drawnLimit() !== null);
    say(byId('limit-rate'), `limit of each key ${formatSlowRate(this.#limitRate)}`);
  }

  #size(): { width: number; height: number } {
    return { width: this.#mount.clientWidth, height: this.#mount.clientHeight };
  }

  #resize(): void {
    this.#plot.setSize(this.#size());
  }
}

/** What one key may do per second in the long run, by the policy that holds it back most. */
function limitRateOf(policies: readonly Policy[]): number {
  return Math.min(...policies.map(({ limit, windowMs }) => (1000 * limit) / windowMs));
}

function shown(rate: number | null | undefined): string {
  return rate === null || rate === undefined ? '–' : formatRate(rate);
}

/** A color of page.css as it is in the theme of now: only an element that has it tells. */
function colorOf(name: string): string {
  const probe = byId('color-probe');
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}
