/** One line of a delimited file, split into its fields. */
export interface TextRecord {
  /** From 1; where the record starts, if quotes let it run over several lines. */
  line: number;
  fields: string[];
  /** False for a last line that no line end closes. */
  closed: boolean;
}

/** A file's records, in batches, so that a large file is never in memory at once. */
export type Records = AsyncIterable<TextRecord[]> | Iterable<TextRecord[]>;

/** What to say of a last line that is incomplete and has no line end. */
export const CUT_SHORT =
  'the file ends in the middle of this line, so it was cut short (download or copy it again)';

/** A number as messages write it: `10,234`. */
export const grouped = (n: number): string => n.toLocaleString('en-GB');

/** A piece of a file, short enough and clean enough to stand in a message. */
export function excerpt(text: string, length = 60): string {
  // eslint-disable-next-line no-control-regex
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '�');
  return clean.length > length ? `${clean.slice(0, length)}…` : clean;
}
