import type createScatterplot from 'regl-scatterplot';
import type { createRenderer } from 'regl-scatterplot';
import type { View } from '../scatter/hit.ts';
import type { Rgb } from './colours.ts';
import { squareRadius, type MapPoints } from './layout.ts';
import type { Frame } from '../scatter/scene.ts';

type Scatterplot = ReturnType<typeof createScatterplot>;
type Renderer = ReturnType<typeof createRenderer>;

/** How strongly a point is drawn. */
export const strength = { hidden: 0, faint: 1, full: 2 } as const;

/** Points as they are to be drawn. */
export interface DrawnPoints {
  points: MapPoints;
  /** Colour of each point, an index into `colours`. */
  colour: Uint8Array;
  /** One of `strength` for each point. */
  strength: Uint8Array;
}

/** How points come to where they are to be. */
export interface Move {
  /** The same items where they were. */
  from: MapPoints;
  milliseconds: number;
}

export interface DrawnStyle {
  colours: readonly Rgb[];
  surface: Rgb;
  /** CSS pixels. */
  radius: number;
  alpha: number;
}

/** Thrown where a browser has no WebGL, or none with the extensions that drawing needs. */
export class NoWebGl extends Error {
  constructor() {
    super(
      'This browser cannot draw the map: WebGL is switched off or missing. Switch on hardware acceleration, or use ' +
        'another browser. The search and the lists beside the map work all the same.',
    );
    this.name = 'NoWebGl';
  }
}

/** Draws points on a canvas by regl-scatterplot, which is loaded with the first map. */
export class PointRenderer {
  #plot: Scatterplot;
  #renderer: Renderer;
  #frame: Frame;
  #view: View = { k: 1, x: 0, y: 0 };
  #next: { drawn: DrawnPoints; move?: Move } | undefined;
  #busy = false;
  #gone = false;

  /**
   * @param onlost told when the graphics card takes the picture away
   * @throws NoWebGl
   */
  static async on(
    canvas: HTMLCanvasElement,
    frame: Frame,
    onlost: () => void,
  ): Promise<PointRenderer> {
    const probe = document.createElement('canvas').getContext('webgl');
    const needed = ['OES_texture_float', 'OES_element_index_uint'];
    if (!probe || !needed.every((name) => probe.getExtension(name))) throw new NoWebGl();
    probe.getExtension('WEBGL_lose_context')?.loseContext();
    const { default: create, createRenderer } = await import('regl-scatterplot');
    // It draws on a canvas of its own and copies from there.
    const renderer = createRenderer();
    const plot = create({
      renderer,
      canvas,
      width: frame.width,
      height: frame.height,
      // Zooming, hovering and selecting are the page's: the same by mouse, finger and keyboard.
      cameraIsFixed: true,
      colorBy: 'valueZ',
      opacityBy: 'valueW',
      pointScaleMode: 'constant',
      showReticle: false,
      lassoOnLongPress: false,
    } as Parameters<typeof createScatterplot>[0]);
    const made = new PointRenderer(plot, renderer, frame);
    renderer.canvas.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      if (!made.#gone) onlost();
    });
    return made;
  }

  private constructor(plot: Scatterplot, renderer: Renderer, frame: Frame) {
    this.#plot = plot;
    this.#renderer = renderer;
    this.#frame = frame;
  }

  /** Draws points, after those that are being drawn; of several that wait the last is taken. */
  draw(drawn: DrawnPoints, move?: Move): void {
    // A move that waits is not lost to a mere change of colour.
    const waiting = this.#next?.drawn.points === drawn.points ? this.#next.move : undefined;
    this.#next = { drawn, move: move ?? waiting };
    if (!this.#busy) void this.#work();
  }

  style({ colours, surface, radius, alpha }: DrawnStyle): void {
    if (this.#gone) return;
    const unit = (colour: Rgb) => [colour[0] / 255, colour[1] / 255, colour[2] / 255, 1];
    void this.#plot.set({
      pointColor: colours.map(unit),
      opacity: [0, alpha * 0.25, alpha],
      pointSize: 2 * radius,
      backgroundColor: unit(surface),
    } as Parameters<Scatterplot['set']>[0]);
  }

  resize(frame: Frame): void {
    if (this.#gone) return;
    this.#frame = frame;
    void this.#plot.set({ width: frame.width, height: frame.height });
    this.look(this.#view);
  }

  /**
   * Shows the part of the map that `view` stands for. regl-scatterplot draws a place p at s p + t in a space that is
   * 2 high and 2 width/height wide; with a pixel at (frame/2 + p × radius) k + shift that makes s = 2 radius k / height.
   */
  look(view: View): void {
    if (this.#gone) return;
    this.#view = view;
    const { width, height } = this.#frame;
    const scale = (2 * squareRadius(this.#frame) * view.k) / height;
    const right = (2 * ((width / 2) * view.k + view.x) - width) / height;
    const up = 1 - (2 * ((height / 2) * view.k + view.y)) / height;
    // prettier-ignore
    const matrix = [scale, 0, 0, 0, 0, scale, 0, 0, 0, 0, 1, 0, right, up, 0, 1];
    this.#plot.view(matrix, { preventEvent: true });
  }

  destroy(): void {
    this.#gone = true;
    this.#plot.destroy();
    this.#renderer.destroy();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#next && !this.#gone) {
      const { drawn, move } = this.#next;
      this.#next = undefined;
      const types = { zDataType: 'categorical', wDataType: 'categorical' } as const;
      if (move) await this.#plot.draw(reversed({ ...drawn, points: move.from }), types);
      const transition = move && { transition: true, transitionDuration: move.milliseconds };
      await this.#plot.draw(reversed(drawn), { ...types, ...transition });
    }
    this.#busy = false;
  }
}

/** From the last to the first, so that the most frequent are drawn on top. */
function reversed({ points, colour, strength }: DrawnPoints) {
  const count = points.rows.length;
  const x = new Array<number>(count);
  const y = new Array<number>(count);
  const z = new Array<number>(count);
  const w = new Array<number>(count);
  for (let i = 0; i < count; i++) {
    const at = count - 1 - i;
    x[at] = points.x[i];
    y[at] = points.y[i];
    z[at] = colour[i];
    w[at] = strength[i];
  }
  return { x, y, z, w };
}
