import { escapeXml, type Picture } from '../export/picture.ts';
import type { View } from '../scatter/hit.ts';
import { labelFont, type Frame } from '../scatter/scene.ts';
import { writeColour, type MapPalette, type Rgb } from './colours.ts';
import type { MapScene } from './layout.ts';

export interface MapPicture {
  title: string;
  /** One sentence under the title: which map it is. */
  subtitle: string;
  frame: Frame;
  view: View;
  /** Pixel positions of the unzoomed points. */
  px: Float32Array;
  py: Float32Array;
  scene: MapScene;
  palette: MapPalette;
  colours: readonly Rgb[];
  /** Colour of each point, an index into `colours`. */
  colour: Uint8Array;
  /** Share of the points' opacity that each is drawn with. */
  opacity: (index: number) => number;
  label: (index: number) => string;
  legend: readonly { name: string; step: number }[];
  /** Pairs of points joined by a line, and points that are ringed. */
  lines: readonly (readonly [number, number])[];
  rings: readonly number[];
  /** Lines from a place of the picture to another, in its pixels. */
  trails?: readonly { x1: number; y1: number; x2: number; y2: number }[];
}

const fixed = (value: number) => String(Number(value.toFixed(2)));
const head = 54;
const legendRow = 22;

function legendMarkup({ legend, colours, palette }: MapPicture, width: number) {
  let x = 16;
  let row = 0;
  const markup = legend.map(({ name, step }) => {
    const size = 24 + name.length * 7;
    if (x + size > width && x > 16) {
      x = 16;
      row++;
    }
    const y = head + 8 + row * legendRow;
    const entry =
      `<circle cx="${x}" cy="${y}" r="5" fill="${writeColour(colours[step])}"/>` +
      `<text x="${x + 10}" y="${y + 4}" fill="${palette.ink}">${escapeXml(name)}</text>`;
    x += size + 6;
    return entry;
  });
  return { markup: markup.join(''), rows: legend.length > 0 ? row + 1 : 0 };
}

/** The map as it is seen, as an SVG document of its own: a circle for each point in sight, and the labels. */
export function mapToSvg(picture: MapPicture): Picture {
  const { frame, view, px, py, scene, palette, colours, colour, title, subtitle } = picture;
  const { width, height } = frame;
  const legend = legendMarkup(picture, width);
  const above = head + legend.rows * legendRow;
  const x = (i: number) => fixed(px[i] * view.k + view.x);
  const y = (i: number) => fixed(py[i] * view.k + view.y);
  const inSight = new Set(scene.visible);
  const circles = [...scene.visible].reverse().map((i) => {
    const share = picture.opacity(i);
    const opacity = share === 1 ? '' : ` opacity="${fixed(share)}"`;
    return `<circle cx="${x(i)}" cy="${y(i)}" r="${fixed(scene.radius)}" fill="${writeColour(colours[colour[i]])}"${opacity}/>`;
  });
  const lines = picture.lines.map(
    ([a, b]) => `<line x1="${x(a)}" y1="${y(a)}" x2="${x(b)}" y2="${y(b)}"/>`,
  );
  const trails = (picture.trails ?? []).map(
    ({ x1, y1, x2, y2 }) =>
      `<line x1="${fixed(x1)}" y1="${fixed(y1)}" x2="${fixed(x2)}" y2="${fixed(y2)}"/>`,
  );
  const rings = picture.rings
    .filter((i) => inSight.has(i))
    .map((i) => `<circle cx="${x(i)}" cy="${y(i)}" r="${fixed(scene.radius + 3)}"/>`);
  const labels = scene.labels.map(
    ({ index, left, top }) =>
      `<text x="${fixed(left)}" y="${fixed(top + labelFont.height - 4)}">${escapeXml(picture.label(index))}</text>`,
  );
  const total = height + above;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif" font-size="12">` +
    `<title>${escapeXml(title)}</title>` +
    `<rect width="100%" height="100%" fill="${palette.surface}"/>` +
    `<text x="16" y="24" fill="${palette.ink}" font-size="15" font-weight="600">${escapeXml(title)}</text>` +
    `<text x="16" y="42" fill="${palette.soft}">${escapeXml(subtitle)}</text>` +
    legend.markup +
    `<clipPath id="map"><rect width="${width}" height="${height}"/></clipPath>` +
    `<g transform="translate(0,${above})" clip-path="url(#map)">` +
    `<g class="points" fill-opacity="${fixed(scene.alpha)}">${circles.join('')}</g>` +
    `<g class="lines" stroke="${palette.ink}" stroke-opacity="0.6">${lines.join('')}${trails.join('')}</g>` +
    `<g class="rings" fill="none" stroke="${palette.accent}" stroke-width="2">${rings.join('')}</g>` +
    `<g class="labels" fill="${palette.ink}" stroke="${palette.surface}" stroke-width="3" stroke-linejoin="round" paint-order="stroke">${labels.join('')}</g>` +
    `</g></svg>`;
  return { svg, width, height: total };
}
