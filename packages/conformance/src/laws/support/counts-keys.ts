/** Whether an engine counts the keys that it holds, so that laws can: one that is elsewhere leaves that to its server. */
export function countsKeys({ backend }: { readonly backend?: string }): boolean {
  return backend !== 'remote';
}
