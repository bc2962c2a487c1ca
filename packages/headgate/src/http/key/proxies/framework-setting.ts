/** What a framework is told of proxies, as its adapter reads it. */
export interface FrameworkSetting {
  /** What its users call it, with the value. */
  readonly name: string;
  /** Whether the address at this hop, 0 being the socket's, is a proxy. */
  trusts(address: string, hop: number): boolean;
  /** Whether it believes whoever asks: then each client could write its own address. */
  trustsEverybody(): boolean;
  readonly header?: string | undefined;
}
