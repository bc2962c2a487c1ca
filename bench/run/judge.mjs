import { pairedRatios, summary } from './statistics.mjs';

/**
 * What the samples of one question come to: for each metric and candidate the median and quartiles, the
 * ratio to the floor, and whether the target was met.
 */
export function judge(question, samples) {
  return question.metrics.map((metric) => {
    const rows = Object.entries(samples).map(([candidate, taken]) => row(metric, candidate, taken, samples.floor));
    const { name, title, unit, detail = false } = metric;
    return { name, title, unit, detail, rows: Object.fromEntries(rows) };
  });
}

function row(metric, candidate, taken, floorTaken) {
  const values = candidate === 'floor' ? floorValues(metric, taken) : taken.map((sample) => sample[metric.name]);
  const known = values.filter((value) => value !== undefined);
  const judged = metric.judged[candidate] ?? metric.judged;
  const ratios =
    judged === 'value' || candidate === 'floor' ? [] : pairedRatios(values, floorValues(metric, floorTaken));
  const [value, ratio] = [summary(known), summary(ratios)];
  const target = metric.targets[candidate];
  const reached = judged === 'ratio' ? ratio : value;
  return [candidate, { value, ratio, target, judged, verdict: verdict(reached, target), values: known }];
}

function floorValues(metric, floorTaken) {
  return floorTaken.map((sample) => sample[metric.floor ?? metric.name]);
}

function verdict(reached, target) {
  if (target === undefined || reached === undefined) return undefined;
  return reached.median <= target ? 'met' : 'missed';
}
