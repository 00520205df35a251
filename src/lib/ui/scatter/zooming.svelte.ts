import { select } from 'd3-selection';
import { zoom, zoomIdentity, type D3ZoomEvent, type ZoomTransform } from 'd3-zoom';
import { untrack } from 'svelte';
import type { Frame } from './scene.ts';
import { deepestZoom, viewOf, zoomedTo, type ZoomedTo } from './view.ts';

interface Picture {
  /** The element that hears wheel, pointer and touch; undefined until it is there. */
  stage: HTMLDivElement | undefined;
  frame: Frame;
  /** Where the picture is to be zoomed to, from outside. */
  zoomed: ZoomedTo | undefined;
  /** Told when the person has stopped zooming or panning. */
  onzoom?: (zoomed: ZoomedTo | undefined) => void;
  /** Told at each frame of the person's own zooming and panning; not while it moves to where it was sent. */
  onlook?: (zoomed: ZoomedTo | undefined) => void;
  /** Milliseconds in which the picture moves to where it is sent from outside; 0 when left out. */
  glide?: number;
  /** True of events that mean something else than to zoom or pan. */
  ignores?: (event: Event) => boolean;
}

/** Zooming and panning of a picture by wheel, drag, pinch, or by the methods; made while its component starts. */
export class Zooming {
  /** From the whole picture's pixels to those on the screen. */
  transform = $state.raw(zoomIdentity);
  #latest = zoomIdentity;
  #pending = 0;
  #gliding = 0;
  #placed = false;
  #sent = false;
  #picture: () => Picture;

  constructor(picture: () => Picture) {
    this.#picture = picture;
    let held = $derived(picture().zoomed);
    this.#behaviour.on('end', () => {
      this.#settle();
      this.#placed = true;
      held = zoomedTo(this.transform, picture().frame);
      picture().onzoom?.(held);
    });

    $effect(() => {
      const { left, top, width, height } = picture().frame.plot;
      const bounds: [[number, number], [number, number]] = [
        [left, top],
        [left + width, top + height],
      ];
      this.#behaviour.extent(bounds).translateExtent(bounds);
    });

    $effect(() => {
      const { stage } = picture();
      if (!stage) return;
      const selection = select(stage).call(this.#behaviour).on('dblclick.zoom', null);
      return () => selection.on('.zoom', null);
    });

    $effect(() => {
      const { stage, frame } = picture();
      if (!stage || frame.width === 0) return;
      const wanted = held;
      const current = untrack(() => zoomedTo(this.transform, frame));
      if (JSON.stringify(current) === JSON.stringify(wanted)) return;
      const { k, x, y } = viewOf(wanted, frame);
      const target = zoomIdentity.translate(x, y).scale(k);
      const { glide = 0 } = untrack(picture);
      if (glide > 0 && this.#placed) untrack(() => this.#glide(stage, target, glide));
      else this.#send(stage, target);
      this.#placed = true;
    });
    $effect(() => () => cancelAnimationFrame(this.#gliding));
  }

  by = (factor: number): void => {
    const { stage } = this.#picture();
    if (stage) select(stage).call(this.#behaviour.scaleBy, factor);
  };

  /** By pixels of the screen. */
  pan = (x: number, y: number): void => {
    const { stage } = this.#picture();
    const { k } = this.transform;
    if (stage) select(stage).call(this.#behaviour.translateBy, x / k, y / k);
  };

  reset = (): void => {
    const { stage } = this.#picture();
    if (stage) select(stage).call(this.#behaviour.transform, zoomIdentity);
  };

  #behaviour = zoom<HTMLDivElement, unknown>()
    .scaleExtent([1, deepestZoom])
    // With nothing to pan, one finger scrolls the page.
    .filter((event: Event) => {
      if (this.#picture().ignores?.(event)) return false;
      if (event.type === 'touchstart' && this.transform.k === 1) {
        return (event as TouchEvent).touches.length > 1;
      }
      return event instanceof MouseEvent ? event.button === 0 : true;
    })
    .on('start', () => cancelAnimationFrame(this.#gliding))
    .on('zoom', (event: D3ZoomEvent<HTMLDivElement, unknown>) => {
      this.#latest = event.transform;
      // A wheel can turn faster than 20,000 points are drawn: once a frame is enough.
      this.#pending ||= requestAnimationFrame(this.#settle);
    });

  #settle = (): void => {
    cancelAnimationFrame(this.#pending);
    this.#pending = 0;
    this.transform = this.#latest;
    const { onlook, frame } = this.#picture();
    if (!this.#sent) onlook?.(zoomedTo(this.transform, frame));
  };

  #send(stage: HTMLDivElement, target: ZoomTransform): void {
    this.#sent = true;
    select(stage).call(this.#behaviour.transform, target);
    this.#sent = false;
  }

  /** Moves to `target`: the place in the middle evenly, the zoom by equal factors. */
  #glide(stage: HTMLDivElement, target: ZoomTransform, milliseconds: number): void {
    const { left, top, width, height } = this.#picture().frame.plot;
    const middle = [left + width / 2, top + height / 2] as const;
    const from = this.transform;
    const [startX, startY] = from.invert([...middle]);
    const [endX, endY] = target.invert([...middle]);
    const start = performance.now();
    const step = (now: number) => {
      const t = Math.min(1, Math.max(0, (now - start) / milliseconds));
      if (t === 1) {
        this.#send(stage, target);
        return;
      }
      const eased = t * t * (3 - 2 * t);
      const k = from.k * (target.k / from.k) ** eased;
      const x = startX + (endX - startX) * eased;
      const y = startY + (endY - startY) * eased;
      this.transform = zoomIdentity.translate(middle[0] - k * x, middle[1] - k * y).scale(k);
      // Where d3-zoom keeps it, so that a wheel turned meanwhile goes on from here.
      select(stage).property('__zoom', this.transform);
      this.#gliding = requestAnimationFrame(step);
    };
    cancelAnimationFrame(this.#gliding);
    this.#gliding = requestAnimationFrame(step);
  }
}
