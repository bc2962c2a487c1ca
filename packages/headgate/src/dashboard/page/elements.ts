/** The element of the page with this id, which page.html has. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`page.html has no #${id}`);
  return found as T;
}

/** What is text goes in as text, whoever wrote it. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A cell that says what it is about where the table has no room for its head. */
export function cell(
  label: string,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (Node | string)[]
) {
  return element('td', { 'data-label': label, ...attributes }, ...children);
}

/** Leaves alone what says that already: a change would be read out again, or lose a selection. */
export function say(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
