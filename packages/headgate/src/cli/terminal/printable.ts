const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text of strangers as a terminal may have it: what would move the cursor or hide is written as an escape. */
export function printable(text: string, most = 60): string {
  const plain = text.replace(CONTROL, (each) => `\\u{${(each.codePointAt(0) ?? 0).toString(16)}}`);
  return plain.length <= most ? plain : `${plain.slice(0, most - 1)}…`;
}

/** The same of a text of ours that has names of files in it. */
export function printableLines(text: string): string {
  return text
    .split('\n')
    .map((line) => printable(line, Number.POSITIVE_INFINITY))
    .join('\n');
}
