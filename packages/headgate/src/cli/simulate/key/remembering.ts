import { flat } from '@headgate/core-ts';

const MOST = 10_000;
/** No address is longer. */
const LONGEST = 64;
/** For so many texts nothing is remembered, where too few of those before came again to be worth their memory. */
const PAUSE = 10 * MOST;

/** Answers what `read` answers, and remembers it for so many texts at a time: to read an address takes microseconds. */
export function remembering<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, { readonly value: T }>();
  let foundAgain = 0;
  let pause = 0;
  return (text) => {
    if (text.length > LONGEST) return read(text);
    if (pause > 0) {
      pause--;
      return read(text);
    }
    const found = known.get(text);
    if (found !== undefined) {
      foundAgain++;
      return found.value;
    }
    const value = read(text);
    if (known.size >= MOST) {
      if (foundAgain < MOST) pause = PAUSE;
      known.clear();
      foundAgain = 0;
    }
    known.set(flat(text), { value });
    return value;
  };
}
