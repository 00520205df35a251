const LONGEST = 120;

function slug(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
}

/**
 * A file name that says where a table or picture came from: run, page, what is shown and with which settings,
 * for example `mf-1_components_top_component-2_genre-drama.csv`.
 *
 * @param settings empty and undefined ones are left out
 * @param extension without its dot
 */
export function fileName(
  parts: readonly string[],
  settings: Record<string, string | number | readonly string[] | undefined>,
  extension: string,
): string {
  const said = Object.entries(settings)
    .filter(([, value]) => value !== undefined && String(value) !== '')
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(' ') : value}`);
  const name = [...parts, ...said].map(slug).filter(Boolean).join('_').slice(0, LONGEST);
  return `${name.replace(/[-_.]+$/, '') || 'embedscope'}.${extension}`;
}
