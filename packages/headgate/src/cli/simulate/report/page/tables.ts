import { byId, cell, element } from '../../../../dashboard/page/elements.js';
import { formatCount, formatKey, formatShare } from '../../../../dashboard/page/format.js';
import type { Report } from '../report.js';
import { colorName } from './colors.js';

export function fillTables(report: Report): void {
  const { requests, clients, key, from, to } = report;
  byId('summary').textContent =
    `${formatCount(requests)} requests of ${formatCount(clients)} clients, counted by ${key}, from ${spoken(from)} to ${spoken(to)} UTC`;
  fillPolicies(report);
  fillMost(report);
  fillFiles(report);
}

function fillPolicies({ policies, requests, clients }: Report): void {
  const body = bodyOf('policies');
  policies.forEach(({ name, policy, denied, clientsHeldBack }, i) => {
    const mark = element('i', { class: `mark ${colorName(i)}` });
    const text = name === policy ? [] : [' ', element('code', {}, policy)];
    body.append(
      element(
        'tr',
        {},
        cell('Policy', {}, element('span', {}, mark, name, ...text)),
        cell('Requests held back', { class: 'number' }, formatCount(denied)),
        cell('Of all requests', { class: 'number' }, formatShare(denied, requests)),
        cell('Clients held back', { class: 'number' }, formatCount(clientsHeldBack)),
        cell('Of all clients', { class: 'number' }, formatShare(clientsHeldBack, clients)),
      ),
    );
  });
}

function fillMost({ heldBackMost, policies }: Report): void {
  const head = element('tr', {}, element('th', { scope: 'col' }, 'Client'), number('th', 'Requests'));
  policies.forEach(({ name }, i) => {
    head.append(
      element('th', { scope: 'col', class: 'number' }, element('i', { class: `mark ${colorName(i)}` }), name),
    );
  });
  byId('most').querySelector('thead')?.append(head);
  const body = bodyOf('most');
  for (const { key, requests, denied } of heldBackMost)
    body.append(
      element(
        'tr',
        {},
        element('td', { class: 'key', title: formatKey(key) }, formatKey(key)),
        number('td', formatCount(requests)),
        ...denied.map((each) => number('td', formatCount(each))),
      ),
    );
  byId('most-note').textContent = heldBackMost.length === 0 ? 'Nobody would have been held back.' : '';
}

function fillFiles({ files, notes }: Report): void {
  const body = bodyOf('files');
  for (const { name, formats, isGzip, lines, requests, malformed } of files)
    body.append(
      element(
        'tr',
        {},
        cell('File', {}, element('span', { class: 'key' }, formatKey(name))),
        cell('Format', {}, [...Object.keys(formats), ...(isGzip ? ['gzip'] : [])].join(', ')),
        cell('Lines', { class: 'number' }, formatCount(lines)),
        cell('Requests', { class: 'number' }, formatCount(requests)),
        cell('Not readable', { class: 'number' }, formatCount(malformed)),
      ),
    );
  for (const note of notes) byId('notes').append(element('li', {}, note));
}

function number(tag: 'td' | 'th', text: string): HTMLElement {
  return element(tag, { class: 'number', ...(tag === 'th' ? { scope: 'col' } : {}) }, text);
}

function bodyOf(id: string): HTMLTableSectionElement {
  return byId<HTMLTableElement>(id).tBodies[0] as HTMLTableSectionElement;
}

function spoken(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}
