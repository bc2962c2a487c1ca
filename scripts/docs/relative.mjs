import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * Makes each absolute link of a built site relative to its page, so that the folder works wherever it is put, on a disk as
 * well: there a link to a folder needs its `index.html`. Answers the pages.
 */
export function makeRelative(dist) {
  const files = readdirSync(dist, { recursive: true }).map(String);
  for (const file of files.filter((each) => each.endsWith('.css'))) {
    const up = relative(dirname(file), '.') || '.';
    rewrite(join(dist, file), (text) => text.replace(/url\((["']?)\//g, `url($1${up}/`));
  }
  const pages = files.filter((each) => each.endsWith('.html') && each !== '404.html').sort();
  for (const page of [...pages, '404.html']) {
    const up = relative(dirname(page), '.') || '.';
    rewrite(join(dist, page), (text) =>
      text.replace(/(\s(?:href|src)=")([^"#:]*)(?=["#])/g, (_, before, path) => `${before}${relativePath(path, up)}`),
    );
  }
  return pages;
}

function relativePath(path, up) {
  const own = path.startsWith('/') && !path.startsWith('//') ? `${up}${path}` : path;
  return own.endsWith('/') ? `${own}index.html` : own;
}

function rewrite(file, change) {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

/** What pages link to in their own site and is not there, be it a file or a place in one. */
export function deadLinks(dist, pages) {
  return pages.flatMap((page) => deadLinksOf(dist, page));
}

function deadLinksOf(dist, page) {
  const links = [...readFileSync(join(dist, page), 'utf8').matchAll(/\s(?:href|src)="([^"]*)"/g)].map(
    ([, link]) => link,
  );
  const own = [...new Set(links)].filter((link) => !/^([a-z]+:|\/\/)/.test(link));
  return own.filter((link) => !leadsSomewhere(dist, page, link)).map((link) => `${page}: ${link}`);
}

function leadsSomewhere(dist, page, link) {
  const [path, anchor] = link.replaceAll('&amp;', '&').split('#');
  const file = path === '' ? join(dist, page) : join(dist, dirname(page), decodeURI(path));
  if (!existsSync(file) || !statSync(file).isFile()) return false;
  if (anchor === undefined || anchor === '' || !file.endsWith('.html')) return true;
  return anchorsOf(file).has(decodeURIComponent(anchor));
}

const known = new Map();

function anchorsOf(file) {
  if (!known.has(file))
    known.set(file, new Set([...readFileSync(file, 'utf8').matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id)));
  return known.get(file);
}
