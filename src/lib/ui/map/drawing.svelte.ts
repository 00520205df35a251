/** What a drag does: moves the map, or draws what is to be selected. */
export type DragMode = 'move' | 'box' | 'lasso';

export const dragModes: { mode: DragMode; label: string; hint: string }[] = [
  { mode: 'move', label: 'Move', hint: 'Drag moves the map; with Shift it selects a box' },
  { mode: 'box', label: 'Box', hint: 'Drag selects a box' },
  { mode: 'lasso', label: 'Lasso', hint: 'Drag draws around what is to be selected' },
];

/** A drag of fewer pixels is a click. */
const least = 6;

/** A box or lasso while it is being drawn; pixels are x and y in turn. */
export class Drawing {
  mode = $state<DragMode>('move');
  current = $state.raw<{ box: boolean; pixels: number[] }>();
  #drew = false;

  /** The outline so far, as the points of a polygon. */
  get outline(): string {
    if (!this.current) return '';
    const { box, pixels } = this.current;
    const [x1, y1] = pixels;
    const [x2, y2] = pixels.slice(-2);
    if (box) return `${x1},${y1} ${x2},${y1} ${x2},${y2} ${x1},${y2}`;
    return pixels.reduce((text, value, i) => text + (i % 2 ? ',' : ' ') + value, '');
  }

  /** Whether an event draws, and so is not for zooming or panning. Two fingers always zoom. */
  takes = (event: Event): boolean => {
    if (this.current) return true;
    const fingers = (event as Partial<TouchEvent>).touches?.length ?? 1;
    if (!/^(mouse|touch)/.test(event.type) || fingers > 1) return false;
    return this.mode !== 'move' || (event as MouseEvent).shiftKey;
  };

  /** Begins to draw where the mode or Shift asks for it; false where it does not. */
  begin(event: PointerEvent, at: [number, number]): boolean {
    this.current = undefined;
    if (event.button !== 0 || !event.isPrimary) return false;
    const box = this.mode === 'box' || (this.mode === 'move' && event.shiftKey);
    if (!box && this.mode !== 'lasso') return false;
    this.current = { box, pixels: at };
    return true;
  }

  move(at: [number, number]): void {
    if (!this.current) return;
    const { box, pixels } = this.current;
    this.current = { box, pixels: box ? [...pixels.slice(0, 2), ...at] : [...pixels, ...at] };
  }

  /** What was drawn; undefined where it was no more than a click. */
  end(): { box: boolean; pixels: number[] } | undefined {
    const drawn = this.current;
    this.current = undefined;
    this.#drew = false;
    if (!drawn) return undefined;
    const { pixels } = drawn;
    let reach = 0;
    for (let at = 2; at < pixels.length; at += 2) {
      reach = Math.max(reach, Math.hypot(pixels[at] - pixels[0], pixels[at + 1] - pixels[1]));
    }
    this.#drew = reach >= least;
    if (!this.#drew) return undefined;
    this.mode = 'move';
    return drawn;
  }

  /** Whether a click is only the end of what was drawn; asked once of each. */
  wasDrawn(): boolean {
    const drew = this.#drew;
    this.#drew = false;
    return drew;
  }

  cancel = (): void => {
    this.current = undefined;
  };

  /** Lets go of what is being drawn, or else of the mode; false where there was neither. */
  escape(): boolean {
    if (this.current) this.current = undefined;
    else if (this.mode !== 'move') this.mode = 'move';
    else return false;
    return true;
  }
}
