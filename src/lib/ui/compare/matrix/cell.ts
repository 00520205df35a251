import { between, cividis, writeColour, type Rgb } from '../../map/colours.ts';

/** A cell's colour, and the one of black and white that is read on it. */
export interface CellColours {
  background: string;
  ink: 'black' | 'white';
}

/**
 * The colours of a figure on cividis between chance, or the least where that is lower, and the most; without a figure,
 * undefined.
 */
export function cellColours(
  value: number,
  chance: number,
  [least, most]: [number, number],
): CellColours | undefined {
  if (!Number.isFinite(value)) return undefined;
  const low = Math.min(chance, least);
  const share = most > low ? (value - low) / (most - low) : 1;
  const colour = between(cividis, share);
  // Above this luminance black has the larger contrast (WCAG 2.2).
  return {
    background: writeColour(colour),
    ink: luminance(colour) > 0.179 ? 'black' : 'white',
  };
}

/** Relative luminance (WCAG 2.2). */
function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
