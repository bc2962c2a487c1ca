/** As many digits as mean something: 0.123, 1.23, 12.3, 1,234. */
export function figure(value) {
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  if (value >= 10) return value.toFixed(1);
  return value.toFixed(2);
}

export function withUnit(value, unit) {
  return unit === '' ? figure(value) : `${figure(value)} ${unit}`;
}

/** `0.51 (0.49–0.55)`: the median, and the quartiles around it. */
export function spread({ median, low, high }) {
  return `${figure(median)} (${figure(low)}–${figure(high)})`;
}

/** `≤ 0.55`, or `≤ 3 ms` where the figure itself is judged. */
export function targetOf({ target, judged }, unit) {
  if (target === undefined) return '';
  return judged === 'ratio' ? `≤ ${target}` : `≤ ${target} ${unit}`;
}

export function machineLine({ machine, runtime }) {
  return `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.os}, Node ${runtime.node}`;
}
