import type { DatasetInfo } from '../../run/types.ts';

const GROUPLENS_LICENCE =
  'GroupLens: research use; no commercial or revenue-bearing use without permission; redistribution, ' +
  'transformations included, under the same conditions; no endorsement implied (see the README of the data)';
const GROUPLENS_LICENCE_WITHOUT_REDISTRIBUTION =
  'GroupLens: research use; no redistribution and no commercial or revenue-bearing use without permission; ' +
  'no endorsement implied (see the README of the data)';
const HARPER_AND_KONSTAN =
  'F. Maxwell Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History and Context. ' +
  'ACM Transactions on Interactive Intelligent Systems 5, 4: 19:1–19:19. https://doi.org/10.1145/2827872';

/** Stands for the release of ratings that are none of the published sets. */
export const UNKNOWN_RELEASE = 'not recognised';

interface Release {
  ratings: number;
  users: number;
  name: string;
  release: string;
  url: string;
  redistribution: boolean;
}

const page = (name: string) => `https://grouplens.org/datasets/movielens/${name}/`;

/** The published releases, known by their numbers of ratings and of users with ratings. */
const RELEASES: readonly Release[] = [
  {
    ratings: 100_836,
    users: 610,
    name: 'MovieLens ml-latest-small',
    release: 'September 2018',
    url: page('latest'),
    redistribution: true,
  },
  {
    ratings: 100_004,
    users: 671,
    name: 'MovieLens ml-latest-small',
    release: 'October 2016',
    url: page('latest'),
    redistribution: true,
  },
  {
    ratings: 100_000,
    users: 943,
    name: 'MovieLens 100K',
    release: 'April 1998',
    url: page('100k'),
    redistribution: false,
  },
  {
    ratings: 1_000_209,
    users: 6_040,
    name: 'MovieLens 1M',
    release: 'February 2003',
    url: page('1m'),
    redistribution: false,
  },
  {
    ratings: 10_000_054,
    users: 69_878,
    name: 'MovieLens 10M',
    release: 'January 2009',
    url: page('10m'),
    redistribution: false,
  },
  {
    ratings: 20_000_263,
    users: 138_493,
    name: 'MovieLens 20M',
    release: 'October 2016',
    url: page('20m'),
    redistribution: true,
  },
  {
    ratings: 25_000_095,
    users: 162_541,
    name: 'MovieLens 25M',
    release: 'November 2019',
    url: page('25m'),
    redistribution: true,
  },
  {
    ratings: 32_000_204,
    users: 200_948,
    name: 'MovieLens 32M',
    release: 'October 2023',
    url: page('32m'),
    redistribution: true,
  },
];

/**
 * What is known of a data set by its content; for ratings of no known release, by its folder's name and its README.
 *
 * @param readme the text of the README beside the ratings, if there is one
 */
export function datasetInfo(
  counts: { ratings: number; users: number; movies: number },
  sha256: string,
  folder: string,
  readme: string | undefined,
): DatasetInfo {
  const known = RELEASES.find(
    ({ ratings, users }) => ratings === counts.ratings && users === counts.users,
  );
  if (known) {
    return {
      name: known.name,
      release: known.release,
      url: known.url,
      sha256,
      licence: known.redistribution ? GROUPLENS_LICENCE : GROUPLENS_LICENCE_WITHOUT_REDISTRIBUTION,
      citation: HARPER_AND_KONSTAN,
      counts,
    };
  }
  const fromGroupLens = readme !== undefined && /grouplens/i.test(readme);
  return {
    name: fromGroupLens ? `MovieLens (${folder})` : folder,
    release: UNKNOWN_RELEASE,
    url: fromGroupLens ? 'https://grouplens.org/datasets/movielens/' : '',
    sha256,
    licence: fromGroupLens
      ? 'GroupLens: see the README of the data'
      : 'not stated beside the ratings',
    citation: fromGroupLens ? HARPER_AND_KONSTAN : '',
    counts,
  };
}

/** The number of ratings that a README of GroupLens speaks of, if it does. */
export function promisedRatings(readme: string): number | undefined {
  const found = /contains ([\d,]+) (?:anonymous )?ratings/i.exec(readme);
  return found ? Number(found[1].replaceAll(',', '')) : undefined;
}
