export function entriesOf(
  manifest: string,
  folder: string,
  extension: string,
  condition?: string,
): Record<string, string>;
