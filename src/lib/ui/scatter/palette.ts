/** The colours of a picture, resolved, as a canvas and a saved SVG need them. */
export interface Palette {
  surface: string;
  ink: string;
  soft: string;
  line: string;
  accent: string;
  /** Points without a category, and zero lines. */
  plain: string;
  rest: string;
  categories: string[];
}

/** The colours that hold at an element. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    surface: read('--raised'),
    ink: read('--ink'),
    soft: read('--ink-soft'),
    line: read('--line'),
    accent: read('--accent'),
    plain: read('--data-1'),
    rest: read('--zero'),
    categories: Array.from({ length: 8 }, (_, i) => read(`--data-${i + 1}`)),
  };
}

/** Calls back when the site turns light or dark, by its switch or with the system; returns how to stop. */
export function onThemeChange(changed: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const choice = new MutationObserver(changed);
  system.addEventListener('change', changed);
  choice.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    system.removeEventListener('change', changed);
    choice.disconnect();
  };
}

/** The colour of a category: its own, grey beyond the eighth, or the plain one where nothing is coloured. */
export function pointColour(palette: Palette, category: number | undefined): string {
  return category === undefined ? palette.plain : (palette.categories[category] ?? palette.rest);
}
