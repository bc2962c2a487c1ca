/** A string of its own: a part of another string keeps all of that in memory. */
export function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
