import { onThemeChange } from '../scatter/palette.ts';
import { readMapPalette, type MapPalette } from './colours.ts';

/** The colours that a map is drawn in, and whether the person wants it to stand still; made while its component is. */
export class Themed {
  /** Undefined until the element is there. */
  palette = $state.raw<MapPalette>();
  still = $state(false);

  constructor(element: () => HTMLElement | undefined) {
    $effect(() => {
      const node = element();
      if (!node) return;
      const reduced = matchMedia('(prefers-reduced-motion: reduce)');
      const motion = () => (this.still = reduced.matches);
      motion();
      reduced.addEventListener('change', motion);
      this.palette = readMapPalette(node);
      const unwatch = onThemeChange(() => (this.palette = readMapPalette(node)));
      return () => {
        reduced.removeEventListener('change', motion);
        unwatch();
      };
    });
  }
}
