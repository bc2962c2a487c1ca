import uPlot from 'uplot';
import { byId, element } from '../../../../dashboard/page/elements.js';
import { formatCount, formatDuration } from '../../../../dashboard/page/format.js';
import type { Report } from '../report.js';
import { colorName, colorOf } from './colors.js';
import { formatDate, timeLabels } from './dates.js';
import { axis, plotIn } from './plot.js';

/** Requests and what each policy would have held back of them, step by step. */
export function drawOverTime({ series, policies, from, to, requests }: Report): uPlot {
  const { startMs, stepMs } = series;
  const times = series.requests.map((_, i) => (startMs + i * stepMs) / 1000);
  const names = ['all', ...policies.map(({ name }) => `held back by ${name}`)];
  const columns = [series.requests, ...series.denied];
  const colors = ['requests', ...policies.map((_, i) => colorName(i))];
  // What denies most is drawn first, or it would hide the others.
  const order = columns
    .map((_, i) => i)
    .sort(
      (a, b) => (policies[b - 1]?.denied ?? Number.MAX_VALUE) - (policies[a - 1]?.denied ?? Number.MAX_VALUE) || a - b,
    );
  const legend = byId('time-legend');
  const values = names.map((name, i) => {
    const value = element('b', {}, '');
    legend.append(element('span', {}, element('i', { class: `mark ${colors[i]}` }), `${name} `, value));
    return value;
  });
  const when = element('span', {}, '');
  legend.prepend(when);
  const say = (index: number | null | undefined) => {
    const isPointed = index !== null && index !== undefined && index < times.length;
    when.textContent = isPointed
      ? formatDate((times[index] as number) * 1000, stepMs)
      : `in steps of ${formatDuration(stepMs)}`;
    values.forEach((value, i) => {
      value.textContent = isPointed ? formatCount(columns[i]?.[index] ?? 0) : '';
    });
  };
  const mount = byId('time-plot');
  mount.setAttribute('aria-label', `${formatCount(requests)} requests from ${from} to ${to}`);
  const line = (color: string, isFilled: boolean): uPlot.Series => ({
    width: isFilled ? 1 : 2,
    stroke: () => colorOf(color),
    ...(isFilled ? { fill: () => colorOf(color).replace(/^rgb\((.*)\)$/, 'rgba($1, 0.25)') } : {}),
    paths: (uPlot.paths.stepped as NonNullable<typeof uPlot.paths.stepped>)({ align: 1 }),
    points: { show: false },
  });
  const end = (times.at(-1) ?? 0) + stepMs / 1000;
  const plot = plotIn(
    mount,
    {
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'UTC'),
      cursor: { drag: { x: true, y: false }, y: false, points: { size: 7 } },
      scales: { y: { range: (_plot, _least, most) => [0, Math.max(4, (most ?? 0) * 1.08)] } },
      series: [{}, ...order.map((i) => line(colors[i] as string, i === 0))],
      axes: [
        axis('time, UTC', { size: 44, space: 80, values: (_plot, splits) => timeLabels(splits) }),
        axis(`requests in ${formatDuration(stepMs)}`, { size: 54, values: (_plot, splits) => splits.map(formatCount) }),
      ],
      hooks: { setCursor: [({ cursor }) => say(cursor.idx)] },
    },
    [[...times, end], ...order.map((i) => closed(columns[i] ?? []))],
  );
  say(undefined);
  return plot;
}

/** The last step goes on until its end. */
function closed(column: readonly number[]): number[] {
  return [...column, column.at(-1) ?? 0];
}
