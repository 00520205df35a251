/** One column of an exported table. */
export interface ExportColumn<Row> {
  header: string;
  /** Missing values (null, undefined, NaN) become empty fields; lists are joined with `|`, as MovieLens writes genres. */
  value: (row: Row) => string | number | readonly string[] | null | undefined;
}

function field(value: ReturnType<ExportColumn<unknown>['value']>): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '';
  return typeof value === 'object' ? value.join('|') : String(value);
}

function delimited<Row>(
  rows: readonly Row[],
  columns: readonly ExportColumn<Row>[],
  delimiter: string,
): string {
  const special = new RegExp(`["\\r\\n${delimiter}]`);
  const quote = (text: string) => (special.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [columns.map((column) => quote(column.header))];
  for (const row of rows) lines.push(columns.map((column) => quote(field(column.value(row)))));
  return lines.map((line) => line.join(delimiter) + '\r\n').join('');
}

/**
 * The rows as comma-separated values (RFC 4180: a header line, CRLF after every line, quotes doubled).
 *
 * Fields are exact: numbers with every digit, and a title that starts with `=`, `+`, `-` or `@` as it is.
 * Spreadsheets may read such a title as a formula, but a quote or a space put before it would make the file
 * say something that the run does not; programs that read CSV would never take it off again.
 */
export function toCsv<Row>(rows: readonly Row[], columns: readonly ExportColumn<Row>[]): string {
  return delimited(rows, columns, ',');
}

/** The rows as tab-separated values, quoted like CSV: what spreadsheets take from the clipboard. */
export function toTsv<Row>(rows: readonly Row[], columns: readonly ExportColumn<Row>[]): string {
  return delimited(rows, columns, '\t');
}
