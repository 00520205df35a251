import { quadtree } from 'd3-quadtree';

/** How the picture is zoomed: a place p of the unzoomed picture is drawn at `p × k + (x, y)`. */
export interface View {
  k: number;
  x: number;
  y: number;
}

/**
 * A function that finds the point under the pointer.
 *
 * @param px pixel positions across of the unzoomed points; NaN for those that are not drawn
 * @param py pixel positions down
 * @param drawn false for points that are hidden at the moment
 * @returns `(x, y, radius, view) => index`, the nearest within the radius (screen pixels) or −1; of points in
 *   one place the first, which is the most frequent
 */
export function hitTest(
  px: Float32Array,
  py: Float32Array,
  drawn: (index: number) => boolean = () => true,
): (x: number, y: number, radius: number, view: View) => number {
  const tree = quadtree<number>()
    .x((i) => px[i])
    .y((i) => py[i]);
  // d3 returns the last added of coinciding points, so the most frequent goes in last.
  for (let i = px.length - 1; i >= 0; i--) {
    if (drawn(i) && Number.isFinite(px[i]) && Number.isFinite(py[i])) tree.add(i);
  }
  return (x, y, radius, view) =>
    tree.find((x - view.x) / view.k, (y - view.y) / view.k, radius / view.k) ?? -1;
}
