/** The value below which the share `at` of all values lies, between neighbours in proportion. */
export function quantile(values, at) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * at;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

/** The median, the quartiles around it, and how many values there were; `undefined` for none. */
export function summary(values) {
  if (values.length === 0) return undefined;
  const [low, median, high] = [0.25, 0.5, 0.75].map((at) => quantile(values, at));
  return { median, low, high, count: values.length };
}

/**
 * The ratios of values of the same round. What slows a whole round, on a machine that others use as well,
 * slows both and leaves their ratio.
 */
export function pairedRatios(values, baseValues) {
  return values.flatMap((value, round) => {
    const base = baseValues[round];
    return value === undefined || base === undefined ? [] : [value / base];
  });
}

/** The differences between values of the same round, for the same reason. */
export function pairedDifferences(values, baseValues) {
  return values.map((value, round) => value - baseValues[round]);
}
