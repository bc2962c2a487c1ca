import fc from 'fast-check';

export const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));

export const dotted = octets.map((numbers) => numbers.join('.'));

/** The eight groups of an IPv6 address, many of them 0, and none that maps IPv4 into it. */
export const groups = fc
  .array(fc.oneof(fc.constant(0), fc.nat(0xffff), fc.constantFrom(1, 0xffff)), { minLength: 8, maxLength: 8 })
  .filter((all) => !isMapped(all));

export const ipv6 = groups.map(plain);

export const address = fc.oneof(dotted, ipv6);

/** All eight groups, without any shortening. */
export function plain(all: readonly number[]): string {
  return all.map((group) => group.toString(16)).join(':');
}

export function isMapped(all: readonly number[]): boolean {
  return all.slice(0, 5).every((group) => group === 0) && all[5] === 0xffff;
}

/** One of the notations of RFC 4291 §2.2 for these groups: upper case, zeros, `::` anywhere, IPv4 at the end. */
export function notationOf(all: readonly number[]): fc.Arbitrary<string> {
  const style = fc.record({
    zeros: fc.array(fc.nat(3), { minLength: 8, maxLength: 8 }),
    upper: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    embedded: fc.boolean(),
    from: fc.nat(7),
    most: fc.nat(8),
  });
  return style.map(({ zeros, upper, embedded, from, most }) => {
    const written = all.map((group, i) => {
      const hex = group.toString(16);
      const padded = hex.padStart(Math.min(4, hex.length + (zeros[i] as number)), '0');
      return upper[i] ? padded.toUpperCase() : padded;
    });
    if (embedded) written.splice(6, 2, bytesOf(all.slice(6)).join('.'));
    const run = zeroRun(all.slice(0, embedded ? 6 : 8), from, most);
    if (run === undefined) return written.join(':');
    return `${written.slice(0, run.start).join(':')}::${written.slice(run.end).join(':')}`;
  });
}

/** Noise around an IPv6 address that is no part of it: a zone id, brackets, brackets with a port. */
export function dressed(text: string): fc.Arbitrary<string> {
  const zone = fc.constantFrom('', '%eth0', '%25en1', '%1');
  const around = fc.constantFrom(
    (bare: string) => bare,
    (bare: string) => `[${bare}]`,
    (bare: string) => `[${bare}]:8080`,
    (bare: string) => ` ${bare} `,
  );
  return fc.tuple(zone, around).map(([id, wrap]) => wrap(text + id));
}

export function bytesOf(all: readonly number[]): number[] {
  return all.flatMap((group) => [group >> 8, group & 0xff]);
}

/** Zeros from `from` on, looking to the right, and no more than `most`. */
function zeroRun(all: readonly number[], from: number, most: number): { start: number; end: number } | undefined {
  const start = all.indexOf(0, from);
  if (start < 0 || most === 0) return undefined;
  let end = start;
  while (all[end] === 0 && end - start < most) end++;
  return { start, end };
}
