import { InputError } from '../errors.ts';
import type { Run } from '../run/types.ts';

const CANDIDATES = 10;

/**
 * The row of the item that a person names: by id, by label, by label in any case or without its year, or by an
 * unambiguous part of a label, tried in this order.
 *
 * @throws InputError when none or several fit; several are listed with their ids
 */
export function findItem({ items }: Run, text: string): number {
  const { ids, labels } = items;
  const wanted = text.trim();
  if (wanted === '')
    throw new InputError('the item has no name: give its id, or a part of its label');
  const byId = ids.indexOf(wanted);
  if (byId >= 0) return byId;
  const folded = fold(wanted);
  const foldedLabels = labels.map(fold);
  const fits: ((row: number) => boolean)[] = [
    (row) => labels[row] === wanted,
    (row) => foldedLabels[row] === folded,
    (row) => withoutYear(foldedLabels[row]) === folded,
    (row) => foldedLabels[row].includes(folded),
  ];
  for (const fit of fits) {
    const rows = ids.map((_, row) => row).filter(fit);
    if (rows.length === 1) return rows[0];
    if (rows.length > 1) throw new InputError(ambiguous(text, rows, ids, labels));
  }
  throw new InputError(
    `this run has no item "${text}" (expected an id, a label, or a part of one; try fewer letters)`,
  );
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** `toy story (1995)` → `toy story` */
function withoutYear(label: string): string {
  return label.replace(/ \(\d{4}\)$/, '');
}

function ambiguous(text: string, rows: number[], ids: string[], labels: string[]): string {
  const lines = rows.slice(0, CANDIDATES).map((row) => `  ${ids[row]}  ${labels[row]}`);
  if (rows.length > CANDIDATES) lines.push(`  and ${rows.length - CANDIDATES} more`);
  return `"${text}" fits ${rows.length} items; name one by its id:\n${lines.join('\n')}`;
}
