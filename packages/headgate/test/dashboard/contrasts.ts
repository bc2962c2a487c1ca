import type { Page } from 'playwright-core';

export interface Contrast {
  readonly text: string;
  /** The contrast ratio of WCAG 2.2, from 1 to 21. */
  readonly contrast: number;
}

/** Of each piece of text that the page shows, against what is behind it. */
export function contrasts(page: Page): Promise<Contrast[]> {
  return page.evaluate(() => {
    const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = (color: string) => {
      const [r = 0, g = 0, b = 0] = channels(color).map((each) => {
        const part = each / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element: Element | null): string => {
      if (element === null) return 'rgb(255, 255, 255)';
      const color = getComputedStyle(element).backgroundColor;
      return channels(color)[3] === 0 ? behind(element.parentElement) : color;
    };
    const found: { text: string; contrast: number }[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const [text, element] = [walker.currentNode.textContent?.trim() ?? '', walker.currentNode.parentElement];
      if (text === '' || element === null || !element.checkVisibility() || element.tagName === 'SCRIPT') continue;
      const [lighter, darker] = [getComputedStyle(element).color, behind(element)].map(luminance).sort((a, b) => b - a);
      found.push({ text, contrast: ((lighter as number) + 0.05) / ((darker as number) + 0.05) });
    }
    return found;
  });
}
