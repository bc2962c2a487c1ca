/** A time in UTC, as exact as the steps are. */
export function formatDate(ms: number, stepMs: number): string {
  const iso = new Date(ms).toISOString();
  if (stepMs >= 86_400_000) return iso.slice(0, 10);
  return `${iso.slice(0, 10)} ${iso.slice(11, stepMs >= 60_000 ? 16 : 19)}`;
}

/** Labels of an axis of time in seconds: the time of day, and below it the date where that is another. */
export function timeLabels(splits: readonly number[]): string[] {
  const areDays = splits.every((seconds) => seconds % 86_400 === 0);
  const areMinutes = splits.every((seconds) => seconds % 60 === 0);
  let before = '';
  return splits.map((seconds) => {
    const iso = new Date(seconds * 1000).toISOString();
    const date = iso.slice(0, 10);
    if (areDays) return date;
    const time = iso.slice(11, areMinutes ? 16 : 19);
    const label = date === before ? time : `${time}\n${date}`;
    before = date;
    return label;
  });
}
