/** The names that take the fewest changes of a letter, nearest first; case makes no difference. O(letters²) each. */
export function nearest(name: string, known: readonly string[]): readonly { name: string; changes: number }[] {
  const lower = name.slice(0, 40).toLowerCase();
  return known
    .map((each) => ({ name: each, changes: changesBetween(lower, each.toLowerCase()) }))
    .sort((one, other) => one.changes - other.changes);
}

/** Levenshtein's distance with swapped neighbours as one change, row by row. */
function changesBetween(from: string, to: string): number {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1];
      let least = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (isSame ? 0 : 1));
      const isSwapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (isSwapped) least = Math.min(least, at(before, j - 2) + 1);
      row.push(least);
    }
    [before, last] = [last, row];
  }
  return at(last, to.length);
}

function at(row: readonly number[], i: number): number {
  return row[i] as number;
}
