import { parse, View } from 'vega';

const COLOURS = { TypeScript: '#3178c6', native: '#c2410c' };
const ENGINES = { ts: 'TypeScript', native: 'native' };
const INK = '#1f2328';
const GRID = '#d1d9e0';
const FONT = 'system-ui, sans-serif';
const ROW_HEIGHT = 28;

/** An SVG of all ratios to the floor. It brings its background, so that it reads in dark themes too. */
export async function chart(report) {
  const points = report.questions.flatMap((question) => question.metrics.flatMap(pointsOf));
  const view = new View(parse(specification(points)), { renderer: 'none' });
  return `${await view.toSVG()}\n`;
}

function pointsOf({ title, detail, rows }) {
  if (detail) return [];
  return Object.entries(ENGINES).flatMap(([candidate, engine]) => {
    const ratio = rows[candidate]?.ratio;
    return ratio === undefined ? [] : [{ title, engine, ...ratio, label: ratio.median.toFixed(2) }];
  });
}

function specification(points) {
  const titles = new Set(points.map(({ title }) => title));
  return {
    background: '#ffffff',
    padding: 12,
    config: { text: { font: FONT }, axis: { labelFont: FONT }, legend: { labelFont: FONT }, title: { font: FONT } },
    width: 460,
    height: titles.size * ROW_HEIGHT,
    title: {
      text: 'Ratio to the Map floor: left of 1 is faster or smaller',
      anchor: 'start',
      color: INK,
      fontSize: 13,
    },
    data: [{ name: 'points', values: points }],
    scales: [
      { name: 'x', type: 'log', domain: { data: 'points', fields: ['low', 'high'] }, range: 'width', padding: 24 },
      { name: 'y', type: 'band', domain: { data: 'points', field: 'title' }, range: 'height', padding: 0.2 },
      { name: 'lane', type: 'band', domain: Object.values(ENGINES), range: [0, ROW_HEIGHT * 0.8] },
      { name: 'colour', type: 'ordinal', domain: Object.keys(COLOURS), range: Object.values(COLOURS) },
    ],
    axes: [
      { ...axis('bottom', 'x'), grid: true, values: [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5], format: '~g' },
      { ...axis('left', 'y'), ticks: false, labelLimit: 320 },
    ],
    legends: [{ fill: 'colour', orient: 'top', direction: 'horizontal', symbolType: 'circle', labelColor: INK }],
    marks: [floorLine(), spreads(), medians(), labels()],
  };
}

function axis(orient, scale) {
  return { orient, scale, labelColor: INK, domainColor: GRID, gridColor: GRID, tickColor: GRID, labelFontSize: 11 };
}

const lane = { scale: 'y', field: 'title', offset: { scale: 'lane', field: 'engine', band: 0.5 } };
const colour = { scale: 'colour', field: 'engine' };

function floorLine() {
  const x = { scale: 'x', value: 1 };
  const look = { stroke: { value: INK }, strokeWidth: { value: 1.5 }, strokeDash: { value: [4, 3] } };
  return { type: 'rule', encode: { enter: { x, y: { value: 0 }, y2: { signal: 'height' }, ...look } } };
}

function spreads() {
  const ends = { x: { scale: 'x', field: 'low' }, x2: { scale: 'x', field: 'high' }, y: lane };
  return mark('rule', { ...ends, stroke: colour, strokeWidth: { value: 2 } });
}

function medians() {
  return mark('symbol', { x: { scale: 'x', field: 'median' }, y: lane, fill: colour, size: { value: 46 } });
}

function labels() {
  const x = { scale: 'x', field: 'high', offset: 7 };
  const look = { fill: { value: INK }, fontSize: { value: 10 }, baseline: { value: 'middle' } };
  return mark('text', { x, y: lane, text: { field: 'label' }, ...look });
}

function mark(type, enter) {
  return { type, from: { data: 'points' }, encode: { enter } };
}
