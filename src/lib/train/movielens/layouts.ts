/** How the files of one generation of MovieLens releases are written. */
export interface Layout {
  ratingsFile: string;
  moviesFile: string;
  ratingsDelimiter: string;
  moviesDelimiter: string;
  /** What separates the fields of the ratings file, as error messages name it. */
  separator: string;
  /** Whether fields may stand in double quotes; if so, a first line names the columns. */
  csv: boolean;
  /** The scale, as error messages name it. */
  scale: string;
}

/** ml-latest, ml-latest-small, ml-20m, ml-25m and ml-32m. */
export const CSV: Layout = {
  ratingsFile: 'ratings.csv',
  moviesFile: 'movies.csv',
  ratingsDelimiter: ',',
  moviesDelimiter: ',',
  separator: 'commas',
  csv: true,
  scale: '0.5 to 5.0 with a point',
};

/** ml-1m (ISO-8859-1, whole stars) and ml-10m (UTF-8, half stars). */
export const DAT: Layout = {
  ratingsFile: 'ratings.dat',
  moviesFile: 'movies.dat',
  ratingsDelimiter: '::',
  moviesDelimiter: '::',
  separator: '"::"',
  csv: false,
  scale: '0.5 to 5 with a point',
};

/** ml-100k: tabs in u.data, bars and 19 genre flags in u.item (ISO-8859-1). */
export const U_DATA: Layout = {
  ratingsFile: 'u.data',
  moviesFile: 'u.item',
  ratingsDelimiter: '\t',
  moviesDelimiter: '|',
  separator: 'tabs',
  csv: false,
  scale: '1 to 5',
};

/** In the order in which a folder is searched. */
export const LAYOUTS: readonly Layout[] = [CSV, DAT, U_DATA];
