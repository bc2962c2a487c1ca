import { byId } from '../../../../dashboard/page/elements.js';

/** page.css has so many; more policies begin again. */
const COLORS = 6;

/** The name of a policy's color, by its place among them. */
export function colorName(policy: number): string {
  return `policy-${policy % COLORS}`;
}

/** A color of page.css as it is in the theme of now: only an element that has it tells. */
export function colorOf(name: string): string {
  const probe = byId('color-probe');
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}
