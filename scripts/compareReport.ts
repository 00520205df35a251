import { randomUUID } from 'node:crypto';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { byOverlap, type RunsComparison } from '../src/lib/analysis/compare.ts';
import { matchedInWords } from '../src/lib/analysis/reading.ts';
import { stability } from '../src/lib/analysis/seeds.ts';
import { grouped, InputError } from '../src/lib/errors.ts';
import { reason } from '../src/lib/reason.node.ts';
import type { Run } from '../src/lib/run/types.ts';
import { againstInWords, answer, figureLines } from './compareWords.ts';
import { formatFixed } from './output.ts';

/** Items in each list. */
const LISTED = 50;
const BINS = 20;

/**
 * Makes sure that a report can be written to `file`, so that no comparison is lost.
 *
 * @throws InputError when it is a folder, or lies in none
 */
export async function checkReportFile(file: string): Promise<void> {
  const path = resolve(file);
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) {
    throw new InputError(`${file} is a folder; name a file for the report, such as report.html`);
  }
  const folder = await stat(dirname(path)).catch(() => undefined);
  if (!folder?.isDirectory()) {
    throw new InputError(`${file} cannot be written: there is no folder ${dirname(path)}`);
  }
}

/** Writes the report beside its place first, so that no half of it is ever there. */
export async function writeReport(file: string, runs: Run[], found: RunsComparison): Promise<void> {
  const path = resolve(file);
  const partial = join(dirname(path), `.${basename(path)}-${randomUUID()}.partial`);
  try {
    await writeFile(partial, reportPage(runs, found));
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw new InputError(`${file} cannot be written: ${reason(error)}`, { cause: error });
  }
}

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

interface Cell {
  text: string;
  /** A bar from 0 to 1 beside it. */
  bar?: number;
}
const figure = (value: number, decimals = 3): Cell => ({ text: formatFixed(value, decimals) });
const barred = (value: number): Cell => ({ text: formatFixed(value, 3), bar: value });

/** A table, columns of figures to the right: those whose header begins with `#`. */
function table(headers: string[], rows: (string | Cell)[][]): string {
  const right = headers.map((header) => header.startsWith('#'));
  const cell = (content: string | Cell, at: number) => {
    const { text, bar } = typeof content === 'string' ? { text: content } : content;
    const drawn =
      bar === undefined || Number.isNaN(bar)
        ? ''
        : `<span class="bar"><i style="width:${(100 * Math.max(0, Math.min(1, bar))).toFixed(1)}%"></i></span>`;
    return `<td${right[at] ? ' class="figure"' : ''}>${drawn}${escape(text)}</td>`;
  };
  const head = headers.map(
    (header, at) =>
      `<th scope="col"${right[at] ? ' class="figure"' : ''}>${escape(header.replace('#', ''))}</th>`,
  );
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n');
  return `<div class="scroll"><table><thead><tr>${head.join('')}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}

/** How many items have which overlap, with the value of chance marked. */
function histogram(overlaps: Float64Array, chance: number): string {
  const counts = new Array<number>(BINS).fill(0);
  for (const value of overlaps) counts[Math.min(BINS - 1, Math.floor(value * BINS))]++;
  const most = Math.max(...counts);
  const [width, height, left, bottom] = [720, 180, 40, 150];
  const step = (width - 2 * left) / BINS;
  const bars = counts.map((count, bin) => {
    const tall = (130 * count) / most;
    const range = `${(bin / BINS).toFixed(2)} to ${((bin + 1) / BINS).toFixed(2)}`;
    return `<rect x="${(left + bin * step + 1).toFixed(1)}" y="${(bottom - tall).toFixed(1)}" width="${(step - 2).toFixed(1)}" height="${tall.toFixed(1)}"><title>${range}: ${grouped(count)} items</title></rect>`;
  });
  const at = left + chance * (width - 2 * left);
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="How many items have which neighbour overlap; at most ${grouped(most)} in a bar">
${bars.join('\n')}
<line x1="${at.toFixed(1)}" x2="${at.toFixed(1)}" y1="14" y2="${bottom}"/><text x="${(at + 4).toFixed(1)}" y="22">chance</text>
<text x="${left}" y="168">0</text><text x="${width / 2}" y="168" text-anchor="middle">neighbour overlap</text><text x="${width - left}" y="168" text-anchor="end">1</text>
</svg>`;
}

/** The dendrogram: runs beneath each other, joined at 1 − mean overlap. */
function treePicture(runs: Run[], { tree }: RunsComparison): string {
  const row = 26;
  const [width, left, right] = [720, 300, 690];
  const places: { x: number; y: number }[] = [];
  tree.order.forEach((r, line) => (places[r] = { x: left, y: row * (line + 0.5) }));
  const x = (distance: number) => left + Math.max(0, Math.min(1, distance)) * (right - left);
  const paths = tree.joins.map(({ left: a, right: b, distance }) => {
    const [p, q, at] = [places[a], places[b], x(distance)];
    places.push({ x: at, y: (p.y + q.y) / 2 });
    return `<path d="M${p.x.toFixed(1)} ${p.y}H${at.toFixed(1)}V${q.y}H${q.x.toFixed(1)}"><title>overlap ${formatFixed(1 - distance, 3)}</title></path>`;
  });
  const names = tree.order.map(
    (r, line) =>
      `<text x="${left - 8}" y="${row * (line + 0.5) + 4}" text-anchor="end">${escape(runs[r].manifest.id)}</text>`,
  );
  const bottom = row * runs.length;
  return `<svg viewBox="0 0 ${width} ${bottom + 24}" role="img" aria-label="Runs joined by mean neighbour overlap, average linkage">
${paths.join('\n')}
${names.join('\n')}
<text x="${left}" y="${bottom + 18}">overlap 1</text><text x="${right}" y="${bottom + 18}" text-anchor="end">0</text>
</svg>`;
}

function matrixTable(runs: Run[], { pairs, tree: { order } }: RunsComparison): string {
  const short = order.map((r) => runs[r].manifest.id);
  const rows = order.map((r, line) => [
    short[line],
    ...order.map((s): Cell => {
      if (r === s) return figure(1);
      const pair = pairs.find(({ a, b }) => a === Math.min(r, s) && b === Math.max(r, s))!;
      return barred(pair.overlap.mean);
    }),
  ]);
  return table(['run', ...short.map((name) => `#${name}`)], rows);
}

function standingSentence(standing: string): string {
  if (standing === '') return '';
  return standing === 'two seeds'
    ? 'They differ in their seed alone.'
    : `By overlap they are ${standing}.`;
}

/** The whole page: no file, script or address beside it. */
export function reportPage(runs: Run[], found: RunsComparison): string {
  const { pairs, seeds, labels, spectra } = found;
  const single = pairs.length === 1;
  const stable = seeds && !single ? seeds.stability : stability(pairs);
  const order = byOverlap(stable.mean, single ? pairs[0].perItem.rankBiased : undefined);
  const title = single
    ? 'Are these two embeddings the same?'
    : 'Which of these embeddings are alike?';
  const itemRows = (rows: Int32Array) =>
    [...rows].map((i) =>
      single
        ? [
            labels[i],
            barred(stable.mean[i]),
            figure(pairs[0].perItem.rankBiased[i]),
            figure(pairs[0].perItem.residual[i], 2),
            figure(pairs[0].perItem.secondOrder[i]),
          ]
        : [labels[i], barred(stable.mean[i]), figure(stable.least[i]), figure(stable.most[i])],
    );
  const headers = single
    ? ['item', '#overlap', '#rank-weighted', '#residual', '#second-order']
    : ['item', '#mean overlap', '#least', '#most'];
  const sections: string[] = [];
  for (const pair of pairs) {
    const heading = single
      ? 'How alike they are'
      : `${runs[pair.a].manifest.id} and ${runs[pair.b].manifest.id}`;
    const standing = single ? '' : standingSentence(againstInWords(found, pair));
    sections.push(
      `<h2>${escape(heading)}</h2><p>${escape(answer(pair))}${standing && ` ${escape(standing)}`}</p>`,
      table(
        ['measure', '#value', 'measured against'],
        figureLines(pair, spectra).map(({ name, value, against }) => [
          name.trim(),
          { text: value },
          against,
        ]),
      ),
      `<details${single ? ' open' : ''}><summary>Which component is which</summary>`,
      table(
        ['#in the first', '#share', '#in the second', '#share', '#absolute correlation'],
        pair.components
          .slice(0, LISTED)
          .map(({ a, b, correlation }) => [
            { text: String(a + 1) },
            { text: `${(100 * spectra[pair.a][a]).toFixed(1)} %` },
            { text: String(b + 1) },
            { text: `${(100 * spectra[pair.b][b]).toFixed(1)} %` },
            barred(Math.abs(correlation)),
          ]),
      ),
      '</details>',
    );
  }
  const many = single
    ? ''
    : `<h2>All pairs, by mean neighbour overlap</h2>${treePicture(runs, found)}${matrixTable(runs, found)}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(`${title} ${runs.map(({ manifest }) => manifest.id).join(', ')}`)}</title>
<style>${STYLE}</style>
</head>
<body><main>
<h1>${title}</h1>
<ul>${runs.map(({ manifest }) => `<li><b>${escape(manifest.title)}</b> <span>${escape(manifest.id)}, ${escape(manifest.dataset.name)} ${escape(manifest.dataset.release)}</span></li>`).join('')}</ul>
${matchedInWords(
  runs.map(({ items }) => items),
  found.matched,
)
  .map((line) => `<p class="soft">${escape(line)}</p>`)
  .join('\n')}
${many}
${sections.join('\n')}
<h2>How many items keep their neighbours</h2>
${histogram(stable.mean, pairs[0].overlap.chance)}
<h2>Most stable</h2>
${table(headers, itemRows(order.slice(-LISTED).reverse()))}
<h2>Least stable</h2>
${table(headers, itemRows(order.slice(0, LISTED)))}
</main></body>
</html>
`;
}

/** The site's tokens, as far as a page of tables needs them. */
const STYLE = `
:root{color-scheme:light dark;--surface:light-dark(#fbfbf9,#141517);--line:light-dark(#e2e2dd,#303338);--ink:light-dark(#1a1b1d,#e9e9e6);--ink-soft:light-dark(#5b5f65,#a3a7ad);--data:light-dark(#0072b2,#56b4e9);--mark:light-dark(#d55e00,#e69f00)}
body{margin:0;background:var(--surface);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1200px;margin:0 auto;padding:24px 16px 64px}
h1{font-size:28px;font-weight:600;margin:0 0 8px}
h2{font-size:20px;font-weight:600;margin:40px 0 8px}
ul{padding:0;list-style:none}
.soft,li span,th,summary{color:var(--ink-soft)}
.soft{margin:2px 0;font-size:13px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{height:28px;padding:0 16px 0 0;text-align:left;border-bottom:1px solid var(--line)}
th{font-size:13px;font-weight:400}
.figure{text-align:right;white-space:nowrap}
.bar{display:inline-block;width:80px;height:8px;margin-right:8px;text-align:left}
.bar i{display:block;height:8px;background:var(--data)}
svg{display:block;width:100%;max-width:720px;font-size:13px}
svg rect{fill:var(--data)}
svg text{fill:var(--ink-soft)}
svg line{stroke:var(--mark);stroke-width:2}
svg path{fill:none;stroke:var(--ink);stroke-width:1.5}
`;
