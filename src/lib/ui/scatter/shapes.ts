/** Eight shapes of about the same area, one for each colour, so that colour never speaks alone. */
const outlines: readonly ((r: number) => string)[] = [
  (r) => `M${-r},0a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0Z`,
  (r) => polygon([-0.88, -0.88, 0.88, -0.88, 0.88, 0.88, -0.88, 0.88], r),
  (r) => polygon([0, -1.25, 1.15, 0.8, -1.15, 0.8], r),
  (r) => polygon([0, -1.3, 1.1, 0, 0, 1.3, -1.1, 0], r),
  (r) => polygon([0, 1.25, 1.15, -0.8, -1.15, -0.8], r),
  (r) => polygon(cross, r),
  (r) => polygon(turned(cross), r),
  (r) => polygon([-1.3, 0, -0.65, -1.13, 0.65, -1.13, 1.3, 0, 0.65, 1.13, -0.65, 1.13], r * 0.85),
];

const cross = [
  -0.4, -1.2, 0.4, -1.2, 0.4, -0.4, 1.2, -0.4, 1.2, 0.4, 0.4, 0.4, 0.4, 1.2, -0.4, 1.2, -0.4, 0.4,
  -1.2, 0.4, -1.2, -0.4, -0.4, -0.4,
];

function turned(corners: readonly number[]): number[] {
  const half = Math.SQRT1_2;
  return corners.map((value, i) =>
    i % 2 === 0 ? (value - corners[i + 1]) * half : (corners[i - 1] + value) * half,
  );
}

function polygon(corners: readonly number[], r: number): string {
  const written = corners.map((value) => Number((value * r).toFixed(2)));
  return `M${written.reduce((text, value, i) => text + (i === 0 ? '' : i % 2 ? ',' : 'L') + value, '')}Z`;
}

/** How many categories have a colour and a shape of their own; the rest share grey circles. */
export const categoryLimit = outlines.length;

/** The shape of a point whose figure is not known, among others that are coloured by it: a cross. */
export const unknownShape = 6;

/** The SVG path of a category's shape around (0, 0); −1 and what is beyond the limit is a circle. */
export function shapePath(category: number, radius: number): string {
  return (outlines[category] ?? outlines[0])(radius);
}
