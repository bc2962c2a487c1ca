/**
 * What proxies said of who sent them a request, the nearest first: read from the right, since the left is what
 * the client wrote itself, quotes that never end and all.
 */
export function* readForwarded(header: string, value: string): Generator<string> {
  const elements = header === 'forwarded' ? elementsFromRight(value) : listFromRight(value);
  for (const element of elements) yield header === 'forwarded' ? forParameter(element) : element;
}

function* listFromRight(value: string): Generator<string> {
  for (let end = value.length; end >= 0; ) {
    const comma = value.lastIndexOf(',', end - 1);
    yield value.slice(comma + 1, end).trim();
    if (comma < 0 || end === 0) return;
    end = comma;
  }
}

/** RFC 7239 §4: elements at commas that are in no quotes; a quote that is escaped is none. */
function* elementsFromRight(value: string): Generator<string> {
  let [end, quoted] = [value.length, false];
  for (let i = value.length - 1; i >= 0; i--) {
    const char = value[i];
    if (char === '"' && !isEscaped(value, i)) quoted = !quoted;
    if (char !== ',' || quoted) continue;
    yield value.slice(i + 1, end);
    end = i;
  }
  yield value.slice(0, end);
}

/** Backslashes escape one another, so an odd number of them is before what is escaped. */
function isEscaped(value: string, at: number): boolean {
  let start = at;
  while (value[start - 1] === '\\') start--;
  return (at - start) % 2 === 1;
}

/** A pair, which may be empty, and the semicolon after it. */
const PAIR = /\s*(?:([^\s=";,]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s";,]*))\s*)?(?:;|$)/gy;

/**
 * The node in `for=`, with or without quotes; empty where there is none. So it is where an element has two, or is no
 * list of pairs: proxies copy what clients write into `host`, so a guess might be what a client wants.
 */
function forParameter(element: string): string {
  const nodes: string[] = [];
  let end = 0;
  for (const [pair, name, quoted, token] of element.matchAll(PAIR)) {
    end += pair.length;
    if (name?.toLowerCase() === 'for') nodes.push(quoted?.replace(/\\(.)/g, '$1') ?? token ?? '');
  }
  const [node = ''] = nodes;
  return end === element.length && nodes.length === 1 ? node : '';
}
