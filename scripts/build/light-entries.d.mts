export function lightEntries(folder: string, entries: readonly string[]): void;
