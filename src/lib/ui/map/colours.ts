import { readPalette, type Palette } from '../scatter/palette.ts';

/** Red, green and blue from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** The colours of a picture with those of its ends, and whether it is dark. */
export interface MapPalette extends Palette {
  positive: string;
  negative: string;
  dark: boolean;
}

/** The colours that hold at an element. */
export function readMapPalette(element: Element): MapPalette {
  const palette = readPalette(element);
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim();
  const [red, green, blue] = parseColour(palette.surface);
  return {
    ...palette,
    positive: read('--positive'),
    negative: read('--negative'),
    dark: red + green + blue < 384,
  };
}

/**
 * `#rrggbb` or `rgb(r, g, b)`, as computed styles give colours.
 *
 * @throws RangeError when it is written in another way
 */
export function parseColour(text: string): Rgb {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
  if (hex) return [parseInt(hex[1], 16), parseInt(hex[2], 16), parseInt(hex[3], 16)];
  const numbers = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(text);
  if (numbers) return [Number(numbers[1]), Number(numbers[2]), Number(numbers[3])];
  throw new RangeError(`"${text}" is no colour as #rrggbb or rgb(r, g, b)`);
}

export function writeColour([red, green, blue]: Rgb): string {
  return `rgb(${Math.round(red)}, ${Math.round(green)}, ${Math.round(blue)})`;
}

/** Twelve colours along cividis (Nuñez, Anderton and Renslow 2018), from low to high. */
export const cividis = [
  '#00204d',
  '#00306f',
  '#2a406c',
  '#48526b',
  '#5e626e',
  '#727374',
  '#878479',
  '#9e9677',
  '#b6a971',
  '#d0be67',
  '#ead357',
  '#ffea46',
].map(parseColour);

/** The colour at `t` (0 to 1) between colours at even distances. */
export function between(stops: readonly Rgb[], t: number): Rgb {
  const at = Math.min(1, Math.max(0, t)) * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(at));
  const share = at - low;
  const mix = (i: number) => stops[low][i] + (stops[low + 1][i] - stops[low][i]) * share;
  return [mix(0), mix(1), mix(2)];
}

export type Ramp = 'plain' | 'categories' | 'diverging' | 'sequential';

/** Steps of a continuous ramp; the step after the last is for what has no value. */
export const rampSteps = 33;

/**
 * The colours of a ramp's steps: 33 from low to high and grey for no value, or eight categories and grey for the rest.
 *
 * Cividis loses its end that would vanish on the page: the yellow on white, the deep blue on black.
 */
export function rampColours(ramp: Ramp, palette: MapPalette): Rgb[] {
  const rest = parseColour(palette.rest);
  if (ramp === 'plain') return [parseColour(palette.plain), rest];
  if (ramp === 'categories') return [...palette.categories.map(parseColour), rest];
  const along = (stops: readonly Rgb[], from: number, to: number) =>
    Array.from({ length: rampSteps }, (_, i) =>
      between(stops, from + ((to - from) * i) / (rampSteps - 1)),
    );
  if (ramp === 'sequential') {
    const [from, to] = palette.dark ? [0.2, 1] : [0, 0.92];
    return [...along(cividis, from, to), rest];
  }
  const ends = [palette.negative, palette.rest, palette.positive].map(parseColour);
  return [...along(ends, 0, 1), rest];
}
