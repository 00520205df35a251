import { mapFrame } from './layout.ts';
import { PointRenderer } from './renderer.ts';

/** A canvas that points are drawn on, made while its component is: it comes, may fail, and may be lost. */
export class Painting {
  renderer = $state.raw<PointRenderer>();
  /** Why nothing can be drawn. */
  fault = $state('');
  /** Whether the graphics card took the picture away. */
  lost = $state(false);
  /** Another canvas is needed for each. */
  attempt = $state(0);

  /** @param canvas undefined until it has a size */
  constructor(canvas: () => HTMLCanvasElement | undefined) {
    $effect(() => {
      const node = canvas();
      if (!node) return;
      let gone = false;
      let made: PointRenderer | undefined;
      this.fault = '';
      const frame = mapFrame(node.clientWidth, node.clientHeight);
      PointRenderer.on(node, frame, () => (this.lost = true)).then(
        (ready) => {
          made = ready;
          if (gone) made.destroy();
          else this.renderer = made;
        },
        (error: Error) => (this.fault = error.message),
      );
      return () => {
        gone = true;
        this.renderer = undefined;
        made?.destroy();
      };
    });
  }

  again = (): void => {
    this.lost = false;
    this.attempt++;
  };
}
