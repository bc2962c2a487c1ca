/** The path of a `Request`'s URL, which is absolute and has been parsed: as the client sent it but for dots and `\`. */
export function pathOfUrl(url: string): string {
  const start = url.indexOf('/', url.indexOf('//') + 2);
  const end = url.slice(start).search(/[?#]/);
  return end < 0 ? url.slice(start) : url.slice(start, start + end);
}
