/**
 * `node --import tsx bench/chart.ts tsne OUT.svg`: draws the seconds of a benchmark's kept results against the number of
 * rows, both on a logarithmic scale, a line for each contender that was measured at several sizes, and a dot for others.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Result } from './run.ts';

interface Line {
  name: string;
  points: { n: number; seconds: number }[];
}

const WIDTH = 720;
const HEIGHT = 420;
const LEFT = 64;
const RIGHT = 190;
const TOP = 20;
const BOTTOM = 48;
/** Okabe and Ito's, without the yellow that is lost on white. */
const COLOURS = ['#0072b2', '#56b4e9', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#000000'];

/** The contenders that were measured with so many iterations, by name, each with its sizes. */
export function linesOf(results: Result[], iterations: number): Line[] {
  const suffix = `, ${iterations} iterations`;
  const lines = new Map<string, Line>();
  for (const { name, n, seconds } of results) {
    if (n === undefined || !Number.isFinite(seconds) || !name.endsWith(suffix)) continue;
    const own = name.slice(0, -suffix.length);
    const line = lines.get(own) ?? { name: own, points: [] };
    line.points.push({ n, seconds });
    lines.set(own, line);
  }
  for (const line of lines.values()) line.points.sort((a, b) => a.n - b.n);
  return [...lines.values()];
}

/** The picture of lines as SVG. */
export function chart(lines: Line[], title: string): string {
  const all = lines.flatMap(({ points }) => points);
  const rows = scale(
    all.map(({ n }) => n),
    LEFT,
    WIDTH - RIGHT,
  );
  const times = scale(
    all.map(({ seconds }) => seconds),
    HEIGHT - BOTTOM,
    TOP,
  );
  const drawn = lines.map(({ name, points }, i) => {
    const colour = COLOURS[i % COLOURS.length];
    const places = points.map(({ n, seconds }) => [rows.at(n), times.at(seconds)]);
    return {
      name,
      colour,
      end: places.at(-1)!,
      svg:
        `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${places.map((place) => place.map(rounded).join(',')).join(' ')}"/>` +
        places
          .map(
            ([x, y]) => `<circle cx="${rounded(x)}" cy="${rounded(y)}" r="3.5" fill="${colour}"/>`,
          )
          .join(''),
    };
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...rows.ticks.map(
      (tick) =>
        `<line x1="${rounded(rows.at(tick))}" x2="${rounded(rows.at(tick))}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="#e5e5e5"/>` +
        `<text x="${rounded(rows.at(tick))}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="#555">${tick.toLocaleString('en-GB')}</text>`,
    ),
    ...times.ticks.map(
      (tick) =>
        `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${rounded(times.at(tick))}" y2="${rounded(times.at(tick))}" stroke="#e5e5e5"/>` +
        `<text x="${LEFT - 8}" y="${rounded(times.at(tick) + 4)}" text-anchor="end" fill="#555">${tick.toLocaleString('en-GB')} s</text>`,
    ),
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 10}" text-anchor="middle" fill="#555">rows</text>`,
    ...drawn.map(({ svg }) => svg),
    ...apart(drawn).map(
      ({ name, colour, end, y }) =>
        `<text x="${rounded(end[0] + 10)}" y="${rounded(y + 4)}" fill="${colour}">${name}</text>`,
    ),
    '</svg>\n',
  ].join('\n');
}

const rounded = (value: number) => Math.round(value * 10) / 10;

/** Lines' names beside their ends, moved down until none stands on another. */
function apart<Named extends { end: number[] }>(named: Named[]): (Named & { y: number })[] {
  let last = -Infinity;
  return named
    .toSorted((a, b) => a.end[1] - b.end[1])
    .map((one) => ({ ...one, y: (last = Math.max(one.end[1], last + 16)) }));
}

/** A logarithmic scale, and its ticks: 1, 2 and 5 times powers of ten. */
function scale(values: number[], from: number, to: number) {
  const low = Math.log10(Math.min(...values) / 1.2);
  const high = Math.log10(Math.max(...values) * 1.2);
  const ticks: number[] = [];
  for (let power = Math.floor(low); power <= high; power++) {
    for (const digit of [1, 2, 5]) {
      const tick = Number((digit * 10 ** power).toPrecision(1));
      if (Math.log10(tick) >= low && Math.log10(tick) <= high) ticks.push(tick);
    }
  }
  return {
    ticks,
    at: (value: number) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
  };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [name, out] = process.argv.slice(2);
  if (!name || !out) {
    console.error('chart: name a benchmark and the file to write: bench/chart.ts tsne OUT.svg');
    process.exit(2);
  }
  const { results } = JSON.parse(
    readFileSync(new URL(`results/${name}.json`, import.meta.url), 'utf8'),
  ) as { results: Result[] };
  writeFileSync(out, chart(linesOf(results, 1_000), `Seconds by number of rows: ${name}`));
}
