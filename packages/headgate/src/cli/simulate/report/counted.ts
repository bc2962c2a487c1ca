const whole = new Intl.NumberFormat('en-US');

export function wholeText(count: number): string {
  return whole.format(count);
}

/** `1 line`, `2 lines`. */
export function counted(count: number, what: string): string {
  return `${whole.format(count)} ${what}${count === 1 ? '' : 's'}`;
}
