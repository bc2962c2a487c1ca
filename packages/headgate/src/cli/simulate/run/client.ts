/** Who sent a request: a row of the table, or a number below 0 for one that there was no room for. */
export type Client = number;

/** Whether there was no room to count what becomes of it. */
export function isBeyond(client: Client): boolean {
  return client < 0;
}
