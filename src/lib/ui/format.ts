/** How numbers are written on every page: three significant figures, thousands separated, a real minus sign. */

const missing = '–';
const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const significant = new Intl.NumberFormat('en-GB', {
  minimumSignificantDigits: 3,
  maximumSignificantDigits: 3,
});

const withMinus = (text: string) => text.replace(/^-(?=.*[1-9])/, '−').replace(/^-/, '');

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

function scientific(value: number): string {
  const [mantissa, exponent] = value.toExponential(2).split('e');
  const power = [...exponent.replace('+', '')]
    .map((digit) => (digit === '-' ? '⁻' : superscripts[Number(digit)]))
    .join('');
  return `${withMinus(mantissa)} × 10${power}`;
}

/** A measured figure: 0.750, −12.3, 10,234, 1.20 × 10⁻⁷; a dash when it is missing. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return missing;
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 1e-4 || size >= 1e12) return scientific(value);
  return withMinus((size >= 999.5 ? whole : significant).format(value));
}

/** As `formatNumber`, with a plus sign before what is above zero. */
export function formatSigned(value: number | null | undefined): string {
  const text = formatNumber(value);
  return value !== null && value !== undefined && value > 0 ? `+${text}` : text;
}

/** A number of things: 100,836. */
export function formatCount(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return missing;
  return withMinus(whole.format(value));
}

/** A share (1 is all) as a percentage: 12.3%, 0.0412%, 100%. */
export function formatPercent(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return missing;
  const percent = share * 100;
  if (percent === 0 || percent === 100) return `${percent}%`;
  return `${formatNumber(percent)}%`;
}

/** A setting as a person typed it: every digit kept, words as they are. */
export function formatSetting(
  value: number | string | boolean | readonly (number | string)[],
): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object') return value.map((entry) => formatSetting(entry)).join(', ');
  if (typeof value === 'string') return value;
  return Number.isInteger(value) && Math.abs(value) >= 10_000
    ? formatCount(value)
    : withMinus(String(value));
}

/** A length of time in the unit that suits it: 0.42 s, 48 s, 3 min 20 s, 2 h 5 min. */
export function formatSeconds(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return missing;
  if (seconds < 10) return `${formatNumber(seconds)} s`;
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  if (rounded < 3600) return joined(Math.floor(rounded / 60), 'min', rounded % 60, 's');
  const minutes = Math.round(rounded / 60);
  return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

const joined = (large: number, largeUnit: string, small: number, smallUnit: string) =>
  small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;

/** A size in memory or on disk, in powers of ten: 2.73 MB. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let power = 0;
  while (bytes >= 999.5 && power < units.length - 1) {
    bytes /= 1000;
    power++;
  }
  return `${power === 0 ? formatCount(bytes) : formatNumber(bytes)} ${units[power]}`;
}

/** 1 run, 2 runs, 10,234 movies. */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
