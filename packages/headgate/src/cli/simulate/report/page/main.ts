import { byId } from '../../../../dashboard/page/elements.js';
import type { Report } from '../report.js';
import { drawDistributions } from './distribution.js';
import { drawOverTime } from './over-time.js';
import { fillTables } from './tables.js';

const report = JSON.parse(byId('report').textContent ?? '') as Report;

fillTables(report);
const plots = [drawOverTime(report), ...drawDistributions(report)];
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  for (const plot of plots) plot.redraw();
});
