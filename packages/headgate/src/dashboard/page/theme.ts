import { byId, say } from './elements.js';

const STORED = 'headgate-theme';
const prefersDark = matchMedia('(prefers-color-scheme: dark)');

/** The system's theme until the button says otherwise, which this browser remembers. */
export function startTheme(changed: () => void): void {
  const button = byId('theme');
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme ?? (prefersDark.matches ? 'dark' : 'light')) === 'dark';
  const show = () => {
    say(button, isDark() ? 'Light theme' : 'Dark theme');
    changed();
  };
  const stored = store()?.getItem(STORED);
  if (stored === 'dark' || stored === 'light') root.dataset.theme = stored;
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    store()?.setItem(STORED, root.dataset.theme);
    show();
  });
  prefersDark.addEventListener('change', show);
  show();
}

/** A browser that is told to keep nothing throws where it is asked for its storage. */
function store(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
