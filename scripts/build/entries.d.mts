export function entriesOf(manifest: string, folder: string, extension: string): Record<string, string>;
