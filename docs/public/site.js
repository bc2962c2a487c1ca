// What a page does: the switch of the theme, the menu on a small screen, the search. A plain script, since a page that is
// opened from a folder may load no module.
(() => {
  const root = new URL('.', document.currentScript.src);
  const { documentElement: html } = document;
  const THEME = 'vitepress-theme-appearance';

  for (const button of document.querySelectorAll('.VPSwitchAppearance'))
    button.addEventListener('click', () => {
      const isDark = html.classList.toggle('dark');
      try {
        localStorage.setItem(THEME, isDark ? 'dark' : 'light');
      } catch {
        // a browser that stores nothing for files still shows it
      }
    });

  const sidebar = document.querySelector('.VPSidebar');
  const menu = document.querySelector('.VPLocalNav .menu');
  if (sidebar && menu) {
    const show = (isOpen) => {
      sidebar.classList.toggle('open', isOpen);
      menu.setAttribute('aria-expanded', String(isOpen));
    };
    menu.addEventListener('click', (event) => {
      event.stopPropagation();
      show(!sidebar.classList.contains('open'));
    });
    document.addEventListener('click', (event) => {
      if (!sidebar.contains(event.target)) show(false);
    });
    document.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') show(false);
    });
  }

  for (const button of document.querySelectorAll('button.copy'))
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(button.parentElement.querySelector('code').textContent);
      button.classList.add('copied');
      setTimeout(() => button.classList.remove('copied'), 2000);
    });

  const title = document.querySelector('.vp-doc h1');
  const headings = [...document.querySelectorAll('.vp-doc h2[id], .vp-doc h3[id]')];
  if (title && headings.length > 4) {
    const outline = document.createElement('details');
    outline.className = 'site-outline';
    outline.innerHTML = '<summary>On this page</summary><ul></ul>';
    outline.lastChild.append(
      ...headings.map(({ id, tagName, firstChild }) => {
        const item = document.createElement('li');
        item.className = tagName === 'H3' ? 'inner' : '';
        const to = document.createElement('a');
        to.href = `#${id}`;
        to.textContent = firstChild.textContent.trim();
        item.append(to);
        return item;
      }),
    );
    title.after(outline);
  }

  const place = document.querySelector('.VPNavBar .content-body');
  if (!place || !window.MiniSearch) return;
  const box = document.createElement('div');
  box.className = 'site-search';
  box.innerHTML = '<input type="search" placeholder="Search" aria-label="Search"><ol hidden></ol>';
  place.prepend(box);
  const [input, list] = box.children;
  let index;

  input.addEventListener('input', () => {
    index ??= window.MiniSearch.loadJSON(window.searchIndex, { fields: ['page', 'title', 'text'] });
    const found = index.search(input.value, {
      prefix: true,
      fuzzy: 0.15,
      combineWith: 'AND',
      boost: { title: 4, page: 2 },
    });
    list.replaceChildren(...found.slice(0, 12).map(entry));
    list.hidden = input.value === '';
    if (found.length === 0) list.textContent = 'Nothing found';
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === '/' && !/^(INPUT|TEXTAREA)$/.test(document.activeElement?.tagName ?? '')) {
      event.preventDefault();
      input.focus();
    } else if (event.key === 'Escape') {
      input.value = '';
      list.hidden = true;
    }
  });

  function entry({ page, title, link }) {
    const item = document.createElement('li');
    const to = document.createElement('a');
    to.href = new URL(link, root).href;
    to.textContent = page === title ? title : `${title} · ${page}`;
    item.append(to);
    return item;
  }
})();
