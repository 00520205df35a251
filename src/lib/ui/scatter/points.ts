import { pointColour, tintColour, tintStep, type Palette } from './palette.ts';
import type { Layout, Scene, ScatterData } from './scene.ts';
import { shapePath, unknownShape } from './shapes.ts';

/** One point, drawn once and then stamped: far faster than a path for each of 20,000. */
function stamp(category: number | undefined, radius: number, colour: string, ratio: number) {
  const half = Math.ceil(radius * 1.5) + 1;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 2 * half * ratio;
  const context = canvas.getContext('2d');
  if (context) {
    context.scale(ratio, ratio);
    context.translate(half, half);
    context.fillStyle = colour;
    context.fill(new Path2D(shapePath(category ?? -1, radius)));
  }
  return { canvas, half };
}

/** How opaque points are: where colour says a figure they must not fade as far as where it only tells density. */
export function pointAlpha(data: ScatterData, scene: Scene): number {
  return data.tints ? Math.min(0.9, 2 * scene.alpha) : scene.alpha;
}

/**
 * Draws the points in sight, the most frequent on top.
 *
 * @param ratio device pixels per CSS pixel
 */
export function drawPoints(
  canvas: HTMLCanvasElement,
  data: ScatterData,
  layout: Layout,
  scene: Scene,
  palette: Palette,
  ratio: number,
): void {
  const { frame, view, radius } = scene;
  canvas.width = Math.round(frame.width * ratio);
  canvas.height = Math.round(frame.height * ratio);
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(ratio, ratio);
  const { left, top, width, height } = frame.plot;
  context.beginPath();
  context.rect(left - radius, top - radius, width + 2 * radius, height + 2 * radius);
  context.clip();
  context.globalAlpha = pointAlpha(data, scene);
  const { categories, tints } = data;
  const stamps = new Map<string, ReturnType<typeof stamp>>();
  for (let at = scene.visible.length - 1; at >= 0; at--) {
    const i = scene.visible[at];
    const kind = tints ? tintStep(tints[i]) : categories?.[i];
    const key = String(kind);
    let drawn = stamps.get(key);
    if (!drawn) {
      drawn = tints
        ? stamp(
            kind === undefined ? unknownShape : undefined,
            radius,
            tintColour(palette, kind),
            ratio,
          )
        : stamp(kind, radius, pointColour(palette, kind), ratio);
      stamps.set(key, drawn);
    }
    context.drawImage(
      drawn.canvas,
      layout.px[i] * view.k + view.x - drawn.half,
      layout.py[i] * view.k + view.y - drawn.half,
      2 * drawn.half,
      2 * drawn.half,
    );
  }
}
