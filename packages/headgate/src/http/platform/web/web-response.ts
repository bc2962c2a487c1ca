import type { Refusal } from '../../outcome.js';

export function refusalResponse({ status, contentType, body }: Refusal): Response {
  return new Response(body, { status, headers: { 'Content-Type': contentType } });
}

/**
 * A response with these headers, names and values in turn. Those that are there already stay: a limiter further in
 * told all that was decided, and a handler knows best. It is the same response, or a copy where its headers can't be
 * changed, as of a redirect or an answer of `fetch`.
 */
export function withHeaders(response: Response, headers: readonly string[]): Response {
  try {
    addHeaders(response.headers, headers);
    return response;
  } catch {
    if (response.status < 200) return response; // an upgrade is the runtime's own object, and Response.error() is none
    const copy = new Response(response.body, response);
    addHeaders(copy.headers, headers);
    return copy;
  }
}

function addHeaders(to: Headers, headers: readonly string[]): void {
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    if (!to.has(name)) to.set(name, headers[i + 1] as string);
  }
}
