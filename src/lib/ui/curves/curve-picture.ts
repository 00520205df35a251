import { scaleLinear, scaleLog } from 'd3-scale';
import { escapeXml, type Picture } from '../export/picture.ts';
import { formatNumber } from '../format.ts';
import type { Curve } from './curves.ts';

export interface PictureColours {
  surface: string;
  line: string;
  ink: string;
  soft: string;
  /** From the first data colour on. */
  data: string[];
}

const margin = { top: 16, right: 150, bottom: 44, left: 64 };

/** The chart as an SVG document of its own: the same curves, axes and colours as on the page. */
export function curvePicture(
  curves: Curve[],
  labels: { x: string; y: string },
  log: boolean,
  colours: PictureColours,
  { width = 860, height = 380 } = {},
): Picture {
  const points = curves.flatMap((curve) => curve.points);
  const values = points.map(({ y }) => y);
  const steps = points.map(({ x }) => x);
  const right = width - margin.right;
  const bottom = height - margin.bottom;
  const x = scaleLinear([Math.min(...steps), Math.max(...steps)], [margin.left, right]);
  const range = [bottom, margin.top];
  const domain = [Math.min(...values), Math.max(...values)];
  const y = log ? scaleLog(domain, range) : scaleLinear(domain, range).nice();

  const text = (at: string, content: string, more = '') =>
    `<text ${at} ${more}>${escapeXml(content)}</text>`;
  const grid = y.ticks(6).map((tick) => {
    const at = y(tick).toFixed(1);
    return (
      `<line x1="${margin.left}" x2="${right}" y1="${at}" y2="${at}" stroke="${colours.line}"/>` +
      text(`x="${margin.left - 8}" y="${at}"`, formatNumber(tick), 'text-anchor="end" dy="0.35em"')
    );
  });
  const feet = x
    .ticks(8)
    .map((tick) =>
      text(`x="${x(tick).toFixed(1)}" y="${bottom + 18}"`, String(tick), 'text-anchor="middle"'),
    );
  const lines = curves.map((curve, place) => {
    const path = curve.points
      .map((point) => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`)
      .join(' ');
    const look = `stroke="${colours.data[curve.colour - 1]}" stroke-width="2" fill="none"${curve.dashed ? ' stroke-dasharray="6 4"' : ''}`;
    const key = margin.top + 8 + place * 20;
    return (
      `<polyline points="${path}" ${look}/>` +
      `<line x1="${right + 16}" x2="${right + 40}" y1="${key}" y2="${key}" ${look}/>` +
      text(`x="${right + 46}" y="${key}"`, curve.label, `dy="0.35em" style="fill:${colours.ink}"`)
    );
  });
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="${colours.soft}">`,
    `<rect width="${width}" height="${height}" fill="${colours.surface}"/>`,
    ...grid,
    ...feet,
    ...lines,
    text(`x="${(margin.left + right) / 2}" y="${height - 8}"`, labels.x, 'text-anchor="middle"'),
    text(
      `transform="translate(14 ${(margin.top + bottom) / 2}) rotate(-90)"`,
      labels.y,
      'text-anchor="middle"',
    ),
    '</svg>',
  ].join('');
  return { svg, width, height };
}
