import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import MiniSearch from 'minisearch';

/** What a page's script needs to search with; docs/public/site.js names the same fields. */
const FIELDS = ['page', 'title', 'text'];
const STORED = ['page', 'title', 'link'];
/** Of a long section, the first words are what it is about. */
const MOST_CHARACTERS = 2_000;

/** All sections of all pages as JSON that MiniSearch reads. */
export function searchIndex(dist, pages) {
  const index = new MiniSearch({ fields: FIELDS, storeFields: STORED });
  index.addAll(pages.flatMap((page) => sections(page, readFileSync(join(dist, page), 'utf8'))));
  return JSON.stringify(JSON.stringify(index));
}

function sections(page, html) {
  const main = html.slice(html.indexOf('<main'), html.indexOf('</main>'));
  const parts = main.split(/(?=<h[1-6] id=")/).slice(1);
  const title = plain(parts[0]?.match(/<h1[^>]*>(.*?)<\/h1>/s)?.[1] ?? page);
  return parts.map((part, i) => {
    const [, id, heading] = part.match(/^<h[1-6] id="([^"]*)"[^>]*>(.*?)<\/h[1-6]>/s);
    const text = plain(part.slice(part.indexOf('</h'))).slice(0, MOST_CHARACTERS);
    return { id: `${page}#${i}`, page: title, title: plain(heading), text, link: `${page}#${id}` };
  });
}

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function plain(html) {
  return html
    .replace(/<a class="header-anchor".*?<\/a>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ENTITIES[name])
    .replace(/[\s\u200b]+/g, ' ')
    .trim();
}
