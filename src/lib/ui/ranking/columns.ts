import type { ItemSummary } from '../../analysis/types.ts';
import type { ExportColumn } from '../export/csv.ts';

/** What every exported list of items says of an item; pages put their figures after it. */
export function itemColumns<Row extends ItemSummary>(countName: string): ExportColumn<Row>[] {
  return [
    { header: 'id', value: (item) => item.id },
    { header: 'label', value: (item) => item.label },
    { header: 'year', value: (item) => item.year },
    { header: 'genres', value: (item) => item.genres },
    { header: countName.toLowerCase(), value: (item) => item.count },
  ];
}
