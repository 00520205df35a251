import type { Picture } from './picture.ts';

const gap = 16;

/** Two pictures in one, the second at the right of the first. */
export function picturesBeside(left: Picture, right: Picture): Picture {
  const width = left.width + gap + right.width;
  const height = Math.max(left.height, right.height);
  const placed = ({ svg }: Picture, side: string, x: number) =>
    svg
      .replace('<svg ', `<svg x="${x}" y="0" `)
      // One document has each id once.
      .replaceAll(/(\bid="|url\(#)([\w-]+)/g, `$1${side}-$2`);
  return {
    svg:
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
      `${placed(left, 'left', 0)}${placed(right, 'right', left.width + gap)}</svg>`,
    width,
    height,
  };
}
