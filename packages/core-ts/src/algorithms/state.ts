/**
 * The words of many keys. One policy's state of one key begins at an index that is always called `at`; how many words it
 * has, and what each one says, is the algorithm's. All zero is the state of a key never seen.
 */
export type Words = Float64Array;

/** The first word of each state: a time, in whole milliseconds on the limiter's clock. */
export const TIME = 0;
/** The second one: how much is used; 0: the key is as good as never seen. */
export const USED = 1;

export function wordAt(words: Words, index: number): number {
  return words[index] as number;
}
