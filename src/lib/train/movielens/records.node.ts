import { CsvError, parse, type Options } from 'csv-parse/sync';
import { InputError } from '../../errors.ts';
import { grouped, type TextRecord } from './records.ts';

const NEWLINE = 10;
const QUOTE = 34;
const LONGEST_LINE = 1 << 20;

export interface RecordOptions {
  /** The file's name, for messages. */
  name: string;
  delimiter: string;
  /** Whether fields may stand in double quotes. */
  quotes: boolean;
  /** `utf-8` refuses other bytes; `utf-8 or latin-1` reads a piece that is not UTF-8 as ISO-8859-1. */
  encoding: 'utf-8' | 'utf-8 or latin-1';
}

/**
 * The records of a delimited file, read in pieces that end at a line end outside quotes. Blank lines are left out.
 *
 * @throws InputError for a file that is no text, for quotes that do not close, and for a line of over 1 MB
 */
export async function* records(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: RecordOptions,
): AsyncGenerator<TextRecord[]> {
  let line = 1;
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  /** Line ends and quotes among the held bytes, in which no cut was possible. */
  let inQuotes = false;
  let first = true;
  for await (const chunk of chunks) {
    const start = first ? withoutByteOrderMark(chunk) : chunk;
    first = false;
    refuseBinary(start, options.name);
    const cut = lastCut(start, options.quotes, inQuotes);
    inQuotes = cut.inQuotes;
    if (cut.end > 0) {
      const piece = Buffer.concat([...held, start.subarray(0, cut.end)]);
      held = [];
      heldBytes = 0;
      yield split(piece, line, true, options);
      line += count(piece, NEWLINE);
    }
    if (cut.end < start.length) {
      held.push(start.slice(cut.end));
      heldBytes += start.length - cut.end;
    }
    if (heldBytes > LONGEST_LINE) {
      throw new InputError(
        inQuotes
          ? `${options.name} line ${grouped(line)}: a quote opens here or soon after, and none closes it within 1 MB (write a quote inside a field as two quotes)`
          : `${options.name} line ${grouped(line)}: no line end within 1 MB (expected a text file with one record a line)`,
      );
    }
  }
  if (heldBytes > 0) yield split(Buffer.concat(held), line, false, options);
}

/** What csv-parse gives with `info`: `lines` counts up to the record's end. */
interface Parsed {
  record: string[];
  info: { lines: number };
}

function split(
  bytes: Buffer,
  firstLine: number,
  closed: boolean,
  options: RecordOptions,
): TextRecord[] {
  const text = decode(bytes, firstLine, options);
  const quoted = options.quotes && bytes.includes(QUOTE);
  const parsing: Options = {
    delimiter: options.delimiter,
    quote: quoted ? '"' : false,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    info: quoted,
  };
  const found: TextRecord[] = [];
  const add = (line: number, fields: string[]) => {
    if (fields.length > 1 || fields[0].trim() !== '') found.push({ line, fields, closed: true });
  };
  try {
    if (quoted) {
      let line = firstLine;
      for (const { record, info } of parse(text, parsing) as unknown as Parsed[]) {
        add(line, record);
        line = firstLine + info.lines;
      }
    } else {
      parse(text, parsing).forEach((fields, i) => add(firstLine + i, fields));
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const found = typeof error.lines === 'number' ? firstLine + error.lines - 1 : firstLine;
    const at = recordStart(bytes, firstLine, found);
    throw new InputError(
      `${options.name} line ${grouped(at)}: the quotes are not balanced (a field with a comma or a quote stands in double quotes, and a quote inside it is written twice)`,
    );
  }
  if (!closed && found.length > 0) found[found.length - 1].closed = false;
  return found;
}

function decode(bytes: Buffer, firstLine: number, options: RecordOptions): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    if (options.encoding === 'utf-8 or latin-1') return bytes.toString('latin1');
    let line = firstLine;
    for (const text of bytes.toString('latin1').split('\n')) {
      if (Buffer.from(text, 'latin1').toString('utf8').includes('\uFFFD')) break;
      line++;
    }
    throw new InputError(
      `${options.name} line ${grouped(line)}: the text is not UTF-8 (save the file as UTF-8)`,
    );
  }
}

/** The line on which the record starts that holds line `through`. */
function recordStart(bytes: Uint8Array, firstLine: number, through: number): number {
  let line = firstLine;
  let start = firstLine;
  let inQuotes = false;
  for (let i = 0; i < bytes.length && line <= through; i++) {
    if (bytes[i] === QUOTE) inQuotes = !inQuotes;
    if (bytes[i] !== NEWLINE) continue;
    line++;
    if (!inQuotes && line <= through) start = line;
  }
  return start;
}

/** The end of the last whole line outside quotes, 0 when there is none. */
function lastCut(
  bytes: Uint8Array,
  quotes: boolean,
  inQuotes: boolean,
): { end: number; inQuotes: boolean } {
  if (!quotes || (!inQuotes && !bytes.includes(QUOTE))) {
    return { end: bytes.lastIndexOf(NEWLINE) + 1, inQuotes: false };
  }
  let end = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === QUOTE) inQuotes = !inQuotes;
    else if (bytes[i] === NEWLINE && !inQuotes) end = i + 1;
  }
  return { end, inQuotes };
}

function withoutByteOrderMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function refuseBinary(bytes: Uint8Array, name: string): void {
  if (bytes.includes(0)) {
    throw new InputError(
      `${name} is not a text file: it holds zero bytes (expected plain text in UTF-8; if it is packed or UTF-16, unpack or convert it first)`,
    );
  }
}

function count(bytes: Uint8Array, byte: number): number {
  let n = 0;
  for (let i = bytes.indexOf(byte); i >= 0; i = bytes.indexOf(byte, i + 1)) n++;
  return n;
}
