import { cutMiddle } from './labels.ts';
import { labelFont } from './scene.ts';

/**
 * Pixels that a label takes where it is drawn, each measured once.
 *
 * @param labels by row
 * @param longest letters, beyond which a label is cut
 * @param element whose font it has; before there is one, widths are estimated
 */
export function labelWidths(
  labels: readonly string[],
  longest: number,
  element: Element | undefined,
): (row: number) => number {
  const widths: (number | undefined)[] = [];
  const context = element && document.createElement('canvas').getContext('2d');
  if (!context) return () => longest * 7;
  context.font = `${labelFont.size}px ${getComputedStyle(element).fontFamily}`;
  return (row) =>
    (widths[row] ??= Math.ceil(context.measureText(cutMiddle(labels[row], longest)).width) + 2);
}
