import uPlot from 'uplot';
import { byId, element } from '../../../../dashboard/page/elements.js';
import { formatCount } from '../../../../dashboard/page/format.js';
import { durationText } from '../../policy/duration.js';
import type { BusiestReport, Report } from '../report.js';
import { colorName, colorOf } from './colors.js';
import { axis, FONT, plotIn } from './plot.js';

/** A limit that is drawn in, with the policy that it is of. */
interface DrawnLimit {
  readonly limit: number;
  readonly policy: number;
  readonly name: string;
}

/** For each window a plot of how many clients have how busy a one, with the limits drawn in, and what follows from it. */
export function drawDistributions(report: Report): uPlot[] {
  return report.busiestWindows.map((busiest) => {
    const length = durationText(busiest.windowMs);
    const limits = limitsOf(report, busiest);
    const plot = element('div', { class: 'plot', role: 'img', 'aria-label': `Clients by their busiest ${length}` });
    const legend = element(
      'p',
      { class: 'legend' },
      ...limits.map(({ limit, policy, name }) =>
        element(
          'span',
          {},
          element('i', { class: `mark ${colorName(policy)}` }),
          `${name}: limit `,
          element('b', {}, formatCount(limit)),
        ),
      ),
    );
    const heading = element('h2', {}, `The busiest ${length} of each client (${busiest.algorithm})`);
    byId('distributions').append(
      element(
        'section',
        { class: 'panel' },
        element('div', { class: 'heading' }, heading, legend),
        element('div', { class: 'distribution' }, plot, suggestions(busiest)),
      ),
    );
    return histogram(plot, busiest, limits);
  });
}

function limitsOf({ policies }: Report, { windowMs, algorithm }: BusiestReport): DrawnLimit[] {
  return policies.flatMap(({ name, limits }, policy) =>
    limits
      .filter(
        (each) => each.windowMs === windowMs && (each.algorithm === 'fixed-window') === (algorithm === 'fixed-window'),
      )
      .map(({ limit }) => ({ limit, policy, name })),
  );
}

function suggestions({ suggestions: list, windowMs }: BusiestReport): HTMLElement {
  const body = element('tbody', {});
  for (const { percentile, limit, clientsHeldBack } of list)
    body.append(
      element(
        'tr',
        {},
        element('td', {}, `${percentile} %`),
        element('td', { class: 'number' }, `${formatCount(limit)} / ${durationText(windowMs)}`),
        element('td', { class: 'number' }, formatCount(clientsHeldBack)),
      ),
    );
  const head = element(
    'tr',
    {},
    element('th', { scope: 'col' }, 'Clients never held back'),
    element('th', { scope: 'col', class: 'number' }, 'Limit'),
    element('th', { scope: 'col', class: 'number' }, 'Held back'),
  );
  return element('table', {}, element('thead', {}, head), body);
}

/** Bar k has the clients with more than 2^(k−1) units and up to 2^k, so a limit stands at its logarithm. */
function histogram(mount: HTMLElement, { clientsByUnits, most }: BusiestReport, limits: readonly DrawnLimit[]): uPlot {
  const highest = Math.max(most, ...limits.map(({ limit }) => limit), 1);
  const bars = Array.from({ length: Math.ceil(Math.log2(highest)) + 1 }, () => 0);
  for (const [units, clients] of clientsByUnits) {
    const bar = Math.ceil(Math.log2(Math.max(1, units)));
    bars[bar] = (bars[bar] ?? 0) + clients;
  }
  const top = Math.max(...bars, 1);
  return plotIn(
    mount,
    {
      cursor: { show: false },
      scales: {
        x: { time: false, range: [-0.6, bars.length - 0.4] },
        y: { distr: 3, log: 10, range: [0.5, top * 2.2] },
      },
      series: [
        {},
        {
          stroke: () => colorOf('requests'),
          fill: () => colorOf('requests').replace(/^rgb\((.*)\)$/, 'rgba($1, 0.35)'),
          paths: (uPlot.paths.bars as NonNullable<typeof uPlot.paths.bars>)({ size: [0.86] }),
          points: { show: false },
        },
      ],
      axes: [
        axis('requests in the busiest window', {
          size: 28,
          grid: { show: false },
          splits: () => bars.map((_, i) => i),
          values: (plot, splits) => splits.map((each) => rangeText(each, plot.width / bars.length)),
        }),
        axis('clients', {
          size: 54,
          splits: () => powersOfTen(top),
          values: (_plot, splits) => splits.map(formatCount),
        }),
      ],
      hooks: { draw: [(plot) => drawLimits(plot, limits), (plot) => drawCounts(plot, bars)] },
    },
    [bars.map((_, i) => i), bars.map((clients) => (clients === 0 ? null : clients))],
  );
}

function rangeText(bar: number, width: number): string {
  const to = 2 ** bar;
  const from = bar === 0 ? 1 : 2 ** (bar - 1) + 1;
  return from === to || width < 52 ? formatCount(to) : `${formatCount(from)}–${formatCount(to)}`;
}

function drawCounts(plot: uPlot, bars: readonly number[]): void {
  const { ctx } = plot;
  ctx.save();
  ctx.fillStyle = colorOf('text');
  ctx.font = scaled(FONT);
  ctx.textAlign = 'center';
  ctx.textBaseline = 'bottom';
  ctx.strokeStyle = colorOf('panel');
  ctx.lineWidth = 4 * devicePixelRatio;
  bars.forEach((clients, i) => {
    if (clients === 0) return;
    const [x, y] = [plot.valToPos(i, 'x', true), plot.valToPos(clients, 'y', true) - 3 * devicePixelRatio];
    ctx.strokeText(formatCount(clients), x, y); // so that a line behind it doesn't cross it out
    ctx.fillText(formatCount(clients), x, y);
  });
  ctx.restore();
}

function drawLimits(plot: uPlot, limits: readonly DrawnLimit[]): void {
  const { ctx, bbox } = plot;
  for (const { limit, policy } of limits) {
    const x = plot.valToPos(limit === 0 ? -0.5 : Math.log2(limit) + 0.5, 'x', true);
    ctx.save();
    ctx.strokeStyle = colorOf(colorName(policy));
    ctx.lineWidth = 2 * devicePixelRatio;
    ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.restore();
  }
}

/** A canvas has as many pixels as the screen. */
function scaled(font: string): string {
  return font.replace(/^(\d+)px/, (_, size) => `${Number(size) * devicePixelRatio}px`);
}

function powersOfTen(top: number): number[] {
  return Array.from({ length: Math.floor(Math.log10(top)) + 1 }, (_, power) => 10 ** power);
}
