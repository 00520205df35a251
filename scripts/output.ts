/** What a command prints: tables for people on stdout, one JSON object as the last line with `--json`. */

/** Prints `value` as one line of JSON on stdout. Typed arrays become arrays, NaN becomes null. */
export function printJson(value: unknown): void {
  process.stdout.write(
    JSON.stringify(value, (_key, entry: unknown) =>
      ArrayBuffer.isView(entry) ? Array.from(entry as Float32Array) : entry,
    ) + '\n',
  );
}

/** Three significant figures, thousands separated, a real minus sign; an en dash for what is missing. */
export function formatNumber(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  if (Number.isInteger(value)) return value.toLocaleString('en-GB').replace('-', '−');
  return value
    .toLocaleString('en-GB', { maximumSignificantDigits: 3, minimumSignificantDigits: 3 })
    .replace('-', '−');
}

/** As many decimals throughout, for a column of figures that are compared; an en dash for what is missing. */
export function formatFixed(value: number | undefined, decimals: number): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  return value.toFixed(decimals).replace('-', '−');
}

export interface TableColumn<Row> {
  header: string;
  value: (row: Row) => string;
  align?: 'right';
}

/** A table in plain text, columns two spaces apart, headers underlined. */
export function formatTable<Row>(rows: readonly Row[], columns: TableColumn<Row>[]): string {
  const cells = rows.map((row) => columns.map((column) => column.value(row)));
  const widths = columns.map((column, j) =>
    Math.max(column.header.length, ...cells.map((line) => line[j].length)),
  );
  const line = (texts: string[]) =>
    texts
      .map((text, j) =>
        columns[j].align === 'right' ? text.padStart(widths[j]) : text.padEnd(widths[j]),
      )
      .join('  ')
      .trimEnd();
  return [
    line(columns.map((column) => column.header)),
    line(widths.map((width) => '─'.repeat(width))),
    ...cells.map(line),
  ].join('\n');
}
