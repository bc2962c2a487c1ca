import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const repository = 'https://github.com/headgate/headgate';
const pages = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean);

it('every link of a page leads to a file, and to a heading where it names one', () => {
  const broken = pages.flatMap((page) => {
    const links = linksOf(page).map((link) => asHere(page, link));
    return links
      .filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(page, link))
      .map((link) => `${page}: ${link}`);
  });
  expect(pages.length).toBeGreaterThan(10);
  expect(broken).toEqual([]);
});

it('every page that npm shows leads to the repository, and by no link that holds in the repository only', () => {
  const shown = pages.filter((page) => /^packages\/.*README\.md$/.test(page));
  expect(shown.length).toBeGreaterThan(10);
  for (const page of shown) {
    const links = linksOf(page);
    expect(
      links.some((link) => link.startsWith(repository)),
      page,
    ).toBe(true);
    expect(
      links.filter((link) => !/^(https:|#)/.test(link)),
      page,
    ).toEqual([]);
  }
});

it('every path in ARCHITECTURE.md is one', () => {
  const paths = [...read('ARCHITECTURE.md').matchAll(/`((?:packages|core-ts|core-native|headgate)\/[^`]*)`/g)];
  const missing = paths.map(([, path]) => (path as string).replace(/^(?!packages)/, 'packages/')).filter(isMissing);
  expect(paths.length).toBeGreaterThan(30);
  expect(missing).toEqual([]);
});

function linksOf(page: string): string[] {
  return [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link as string);
}

/** A link to a file of the repository as the page would name it that lies beside that file. */
function asHere(page: string, link: string): string {
  const [, path, anchor = ''] = link.match(new RegExp(`^${repository}(?:/(?:blob|tree)/main/([^#]+))?(#.*)?$`)) ?? [];
  return path === undefined && anchor === '' ? link : `${relative(dirname(page), path ?? 'README.md')}${anchor}`;
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path, anchor] = link.split('#') as [string, string?];
  const target = path === '' ? page : join(dirname(page), path);
  if (isMissing(target)) return false;
  return anchor === undefined || headings(target).includes(anchor);
}

function isMissing(path: string): boolean {
  return !existsSync(join(root, path));
}

/** As GitHub names them. */
function headings(page: string): string[] {
  const titles = [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, title]) => title as string);
  return titles.map((title) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

function read(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}
