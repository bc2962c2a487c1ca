import uPlot from 'uplot';
import { colorOf } from './colors.js';

export const FONT = '12px system-ui, "Liberation Sans", sans-serif';

/** What the axes of all plots have in common. */
export function axis(label: string, more: uPlot.Axis): uPlot.Axis {
  return {
    stroke: () => colorOf('muted'),
    grid: { stroke: () => colorOf('line'), width: 1 },
    ticks: { show: false },
    font: FONT,
    label,
    labelFont: FONT,
    labelSize: 18,
    labelGap: 2,
    ...more,
  };
}

/** A plot that fills its element, whatever becomes of the window. */
export function plotIn(
  mount: HTMLElement,
  options: Omit<uPlot.Options, 'width' | 'height'>,
  data: uPlot.AlignedData,
): uPlot {
  const size = () => ({ width: mount.clientWidth, height: mount.clientHeight });
  const plot = new uPlot({ legend: { show: false }, padding: [14, 8, 0, 0], ...size(), ...options }, data, mount);
  new ResizeObserver(() => plot.setSize(size())).observe(mount);
  return plot;
}
