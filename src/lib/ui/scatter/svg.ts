import { escapeXml, type Picture } from '../export/picture.ts';
import { cutMiddle } from './labels.ts';
import { pointColour, tintColour, tintStep, type Palette } from './palette.ts';
import { pointAlpha } from './points.ts';
import { labelFont, longestLabel, type Layout, type Scene, type ScatterData } from './scene.ts';
import { shapePath, unknownShape } from './shapes.ts';

export interface SvgOptions {
  title: string;
  xTitle: string;
  yTitle: string;
  palette: Palette;
  /** Names of the categories that are shown, with their index. */
  legend?: readonly { index: number; name: string }[];
  /** What `tints` are, and the figures at −1 and 1 as they are written. */
  scale?: { title: string; low: string; high: string };
  /** Indices of ringed points. */
  ringed: readonly number[];
  /** A straight reference line in data units, and what it says. */
  line?: { slope: number; intercept: number };
}

const fixed = (value: number) => String(Number(value.toFixed(2)));
const head = 34;
const legendRow = 22;

/** Legend entries in rows that fit the width, by an estimate of 7 pixels a character. */
function legendMarkup(options: SvgOptions, width: number): { markup: string; rows: number } {
  const { legend = [], palette } = options;
  let x = 16;
  let row = 0;
  const markup = legend.map(({ index, name }) => {
    const size = 24 + name.length * 7;
    if (x + size > width && x > 16) {
      x = 16;
      row++;
    }
    const y = head + 8 + row * legendRow;
    const entry =
      `<path d="${shapePath(index, 5)}" transform="translate(${x},${y})" fill="${pointColour(palette, index)}"/>` +
      `<text x="${x + 10}" y="${y + 4}" fill="${palette.ink}">${escapeXml(name)}</text>`;
    x += size + 6;
    return entry;
  });
  return { markup: markup.join(''), rows: legend.length > 0 ? row + 1 : 0 };
}

/** The diverging scale: a title, and three points with what their colours stand for. */
function scaleMarkup(scale: NonNullable<SvgOptions['scale']>, palette: Palette): string {
  const y = head + 8;
  let x = 16;
  const place = (text: string) => {
    const at = x;
    x += 12 + text.length * 7;
    return at;
  };
  const title = `<text x="${place(scale.title)}" y="${y + 4}" fill="${palette.soft}">${escapeXml(scale.title)}</text>`;
  const ends: [string, string][] = [
    [scale.low, palette.negative],
    ['0', palette.rest],
    [scale.high, palette.positive],
  ];
  const marks = ends.map(([text, colour]) => {
    x += 10;
    const at = place(text);
    return (
      `<path d="${shapePath(-1, 5)}" transform="translate(${at},${y})" fill="${colour}"/>` +
      `<text x="${at + 10}" y="${y + 4}" fill="${palette.ink}">${escapeXml(text)}</text>`
    );
  });
  return title + marks.join('');
}

/** The scene as an SVG document of its own: vector points, real text, colours as on the page. */
export function sceneToSvg(
  data: ScatterData,
  layout: Layout,
  scene: Scene,
  options: SvgOptions,
): Picture {
  const { frame, view, radius } = scene;
  const { palette, ringed, title, xTitle, yTitle, line } = options;
  const { left, top, width, height } = frame.plot;
  const legend = options.scale
    ? { markup: scaleMarkup(options.scale, palette), rows: 1 }
    : legendMarkup(options, frame.width);
  const above = head + legend.rows * legendRow;
  const right = left + width;
  const bottom = top + height;
  const at = (i: number) =>
    `${fixed(layout.px[i] * view.k + view.x)},${fixed(layout.py[i] * view.k + view.y)}`;
  const rule = (x1: number, y1: number, x2: number, y2: number, colour: string, dash = '') =>
    `<line x1="${fixed(x1)}" y1="${fixed(y1)}" x2="${fixed(x2)}" y2="${fixed(y2)}" stroke="${colour}"${dash}/>`;
  const text = (x: number, y: number, words: string, more: string) =>
    `<text x="${fixed(x)}" y="${fixed(y)}" ${more}>${escapeXml(words)}</text>`;
  const soft = `fill="${palette.soft}"`;

  const axes = [
    ...scene.xTicks.map((tick) => rule(tick.at, top, tick.at, bottom, palette.line)),
    ...scene.yTicks.map((tick) => rule(left, tick.at, right, tick.at, palette.line)),
    scene.zeroX === undefined ? '' : rule(scene.zeroX, top, scene.zeroX, bottom, palette.rest),
    scene.zeroY === undefined ? '' : rule(left, scene.zeroY, right, scene.zeroY, palette.rest),
    ...scene.xTicks.map((tick) =>
      text(tick.at, bottom + 18, tick.text, `${soft} text-anchor="middle"`),
    ),
    ...scene.yTicks.map((tick) =>
      text(left - 8, tick.at + 4, tick.text, `${soft} text-anchor="end"`),
    ),
    text(right, bottom + 38, `${xTitle} →`, `${soft} text-anchor="end"`),
    text(4, 16, `↑ ${yTitle}`, soft),
  ];
  let reference = '';
  if (line) {
    const y = (value: number) => layout.y(line.slope * value + line.intercept) * view.k + view.y;
    const [low, high] = layout.x.domain();
    const x = (value: number) => layout.x(value) * view.k + view.x;
    reference = rule(x(low), y(low), x(high), y(high), palette.soft, ' stroke-dasharray="4 4"');
  }
  const points = [...scene.visible].reverse().map((i) => {
    if (data.tints) {
      const step = tintStep(data.tints[i]);
      const shape = step === undefined ? unknownShape : -1;
      return `<path d="${shapePath(shape, radius)}" transform="translate(${at(i)})" fill="${tintColour(palette, step)}"/>`;
    }
    const category = data.categories?.[i];
    return `<path d="${shapePath(category ?? -1, radius)}" transform="translate(${at(i)})" fill="${pointColour(palette, category)}"/>`;
  });
  const rings = ringed
    .filter((i) => scene.visible.includes(i))
    .map(
      (i) =>
        `<circle transform="translate(${at(i)})" r="${radius + 3}" fill="none" stroke="${palette.accent}" stroke-width="2"/>`,
    );
  const labels = scene.labels.map((label) =>
    text(
      label.left,
      label.top + labelFont.height - 4,
      cutMiddle(data.labels[label.index], longestLabel(frame)),
      '',
    ),
  );
  const total = frame.height + above;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${frame.width}" height="${total}" viewBox="0 0 ${frame.width} ${total}" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif" font-size="12">` +
    `<title>${escapeXml(title)}</title>` +
    `<rect width="100%" height="100%" fill="${palette.surface}"/>` +
    text(16, 24, title, `fill="${palette.ink}" font-size="15" font-weight="600"`) +
    legend.markup +
    `<g transform="translate(0,${above})">` +
    `<clipPath id="plot"><rect x="${left - radius}" y="${top - radius}" width="${width + 2 * radius}" height="${height + 2 * radius}"/></clipPath>` +
    `<g class="axes">${axes.join('')}</g>` +
    `<g class="points" clip-path="url(#plot)"><g class="reference">${reference}</g><g fill-opacity="${fixed(pointAlpha(data, scene))}">${points.join('')}</g>${rings.join('')}</g>` +
    `<g class="labels" fill="${palette.ink}" stroke="${palette.surface}" stroke-width="3" stroke-linejoin="round" paint-order="stroke">${labels.join('')}</g>` +
    `</g></svg>`;
  return { svg, width: frame.width, height: total };
}
