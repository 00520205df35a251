import type { Zooming } from './zooming.svelte.ts';

/** What the keys of a picture do that zooming does not. */
export interface KeyActions {
  /** Goes on or back by so many named points. */
  step: (by: number) => void;
  /** Takes the point that is lit. */
  choose: () => void;
  /** Lets go of what was taken last. */
  escape: () => void;
}

const pixels = 60;

/** Zooms, pans or acts by a key that was pressed on a picture; a key that means nothing there is left to the page. */
export function pressKey(
  event: KeyboardEvent,
  zooming: Zooming,
  { step, choose, escape }: KeyActions,
): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const actions: Record<string, () => void> = {
    '+': () => zooming.by(1.5),
    '=': () => zooming.by(1.5),
    '-': () => zooming.by(1 / 1.5),
    '0': zooming.reset,
    ArrowLeft: () => zooming.pan(pixels, 0),
    ArrowRight: () => zooming.pan(-pixels, 0),
    ArrowUp: () => zooming.pan(0, pixels),
    ArrowDown: () => zooming.pan(0, -pixels),
    n: () => step(1),
    p: () => step(-1),
    Enter: choose,
    Escape: escape,
  };
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

/** Of the named points the one that is `by` further than the lit one; undefined where none is named. */
export function steppedTo(
  named: readonly number[],
  lit: number | undefined,
  by: number,
): number | undefined {
  if (named.length === 0) return undefined;
  const at = lit === undefined ? (by > 0 ? -1 : 0) : named.indexOf(lit);
  return named[(at + by + named.length) % named.length];
}
