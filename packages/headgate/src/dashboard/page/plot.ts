import uPlot from 'uplot';
import { byId, say } from './elements.js';
import { formatCount, formatRate, formatTime } from './format.js';
import { type RateHistory, SPAN_SECONDS } from './rate-history.js';

/** The top of the scale where little happens, in decisions per second. */
const LEAST_TOP = 5;
const WHOLE_STEPS = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();
/** What is nearer to the right edge has no room for its time there. */
const EDGE_SECONDS = 5;

/** The moving plot, with its legend: what is under the pointer, and else the last second. */
export class RatePlot {
  readonly #mount = byId('plot');
  readonly #plot: uPlot;
  #history: RateHistory | undefined;
  #nowSeconds = 0;

  constructor() {
    this.#plot = new uPlot(this.#options(), [[], [], []], this.#mount);
    new ResizeObserver(() => this.#resize()).observe(this.#mount);
  }

  draw(history: RateHistory, nowMs: number): void {
    this.#history = history;
    this.#nowSeconds = nowMs / 1000;
    const { columns, latest } = history;
    this.#plot.setData(columns);
    byId('plot-note').hidden = latest !== undefined;
    this.#tell();
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
        x: { range: () => [this.#nowSeconds - SPAN_SECONDS, this.#nowSeconds] },
        y: { range: (_plot, _least, most) => [0, Math.max(LEAST_TOP, (most ?? 0) * 1.1)] },
      },
      series: [{}, line('allowed', 'allowed'), line('denied', 'denied')],
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
      hooks: { setCursor: [() => this.#tell()] },
    };
  }

  #timeAt(seconds: number): string {
    return seconds > this.#nowSeconds - EDGE_SECONDS ? '' : formatTime(seconds);
  }

  #tell(): void {
    const [times, allowed, denied] = this.#history?.columns ?? [[], [], []];
    const pointed = this.#plot.cursor.idx ?? undefined;
    const index = pointed ?? times.length - 1;
    say(byId('legend-time'), pointed === undefined ? 'now' : formatTime(times[index] ?? 0));
    say(byId('allowed-rate'), shown(allowed[index]));
    say(byId('denied-rate'), shown(denied[index]));
  }

  #size(): { width: number; height: number } {
    return { width: this.#mount.clientWidth, height: this.#mount.clientHeight };
  }

  #resize(): void {
    this.#plot.setSize(this.#size());
  }
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
