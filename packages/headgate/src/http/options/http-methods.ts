/** The method whose handler answers: a HEAD request runs what GET does, so it is counted and matched as GET. */
export function handledAs(method: string): string {
  return method === 'HEAD' ? 'GET' : method;
}
