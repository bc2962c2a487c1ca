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

/** RFC 7239 §4: elements at commas that are in no quotes; a quote counts unless a backslash stands before it. */
function* elementsFromRight(value: string): Generator<string> {
  let [end, quoted] = [value.length, false];
  for (let i = value.length - 1; i >= 0; i--) {
    const char = value[i];
    if (char === '"' && value[i - 1] !== '\\') quoted = !quoted;
    if (char !== ',' || quoted) continue;
    yield value.slice(i + 1, end);
    end = i;
  }
  yield value.slice(0, end);
}

/** The node in `for=`, with or without quotes; empty where there is none. */
function forParameter(element: string): string {
  const [, quoted, token] = /(?:^|;)\s*for=(?:"((?:[^"\\]|\\.)*)"|([^\s";,]*))\s*(?:;|$)/i.exec(element) ?? [];
  return quoted?.replace(/\\(.)/g, '$1') ?? token ?? '';
}
