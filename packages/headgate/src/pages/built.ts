import { CHART } from './built-chart.js';

/** A page that scripts/build-page.mjs has packed, with what draws its charts. */
export async function builtPage(packed: string): Promise<string> {
  const [page, chart] = await Promise.all([unpacked(packed), unpacked(CHART)]);
  return withChart(page, chart);
}

/** Puts what draws charts in its place. */
export function withChart(page: string, chart: string): string {
  return page.replace('"CHART"', () => chart);
}

/** Gzip in base64, by what every runtime has. @throws TypeError where it was damaged. */
async function unpacked(packed: string): Promise<string> {
  const bytes = Uint8Array.from(atob(packed), (each) => each.charCodeAt(0));
  const text = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return await new Response(text).text();
}
