import type { Picture } from '../export/picture.ts';

const inlined = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'opacity',
  'font-size',
  'font-weight',
  'font-family',
  'text-anchor',
  'dominant-baseline',
];

/** An SVG of the page as a document of its own: what style sheets gave it is written into its elements. */
export function drawnSvg(drawn: SVGSVGElement): Picture {
  const copy = drawn.cloneNode(true) as SVGSVGElement;
  const { width, height } = drawn.getBoundingClientRect();
  const originals = drawn.querySelectorAll<SVGElement>('*');
  copy.querySelectorAll<SVGElement>('*').forEach((element, i) => {
    const style = getComputedStyle(originals[i]);
    element.removeAttribute('class');
    for (const name of inlined) element.style.setProperty(name, style.getPropertyValue(name));
  });
  copy.querySelectorAll('[data-picture="leave out"]').forEach((element) => element.remove());
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  copy.style.background = getComputedStyle(drawn).getPropertyValue('--raised');
  return { svg: new XMLSerializer().serializeToString(copy), width, height };
}
