import { scaleLinear } from 'd3-scale';

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
  /** The ends of a diverging scale, whose middle is `rest`. */
  positive: string;
  negative: string;
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
    positive: read('--positive'),
    negative: read('--negative'),
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

/** How finely a diverging scale is told apart on either side of zero: as many steps as an eye can name, and one. */
const tintSteps = 6;

/** The step of a figure in [−1, 1] on a diverging scale; undefined when it is not known. */
export function tintStep(tint: number): number | undefined {
  if (Number.isNaN(tint)) return undefined;
  return Math.round(Math.max(-1, Math.min(1, tint)) * tintSteps);
}

/** The colour of a step; what is not known has the colour of soft ink, and a shape of its own. */
export function tintColour(palette: Palette, step: number | undefined): string {
  if (step === undefined) return palette.soft;
  return scaleLinear<string>()
    .domain([-tintSteps, 0, tintSteps])
    .range([palette.negative, palette.rest, palette.positive])(step);
}
