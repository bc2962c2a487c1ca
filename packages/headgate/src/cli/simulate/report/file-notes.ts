import type { FileReport } from '../log/log-file.js';
import { counted } from './counted.js';

/** What a reader has to know of a file, a sentence each. */
export function notesOfFile(file: FileReport, isInterrupted: boolean): string[] {
  const { name, lines, requests, others, firstOther, malformed, problems, late, error } = file;
  const notes: string[] = [];
  const isWhole = error === undefined && !isInterrupted;
  if (error !== undefined) notes.push(`${error}.`);
  if (isWhole && requests === 0) notes.push(lines === 0 ? `${name} is empty.` : `${name} has no request in it.`);
  if (others > 0)
    notes.push(
      `${name}: ${counted(others, 'line')} of ${counted(lines, 'line')} passed over: JSON that is no request of a server known here, first in line ${firstOther}.`,
    );
  if (malformed > 0) {
    const first = problems.map(({ line, reason }) => `\n  ${name}:${line}: ${reason}`).join('');
    notes.push(`${name}: ${counted(malformed, 'line')} of ${counted(lines, 'line')} could not be read.${first}`);
    if (malformed > problems.length) notes.push(`  … and ${counted(malformed - problems.length, 'more line')}`);
  }
  if (late > 0)
    notes.push(
      `${name}: ${counted(late, 'request')} came so late that others of later times had been decided; they were decided where they stand.`,
    );
  return notes;
}
