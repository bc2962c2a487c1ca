const ENOUGH = 100;

/** Answers what is to be told of each request; it warns once where the first hundred had none of what they count by. */
export function neverFound(warn: (message: string) => void, message: string): (isFound: boolean) => void {
  let left = ENOUGH;
  return (isFound) => {
    if (left === 0) return;
    left = isFound ? 0 : left - 1;
    if (left === 0 && !isFound) warn(message);
  };
}
