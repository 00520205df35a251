import { compareRuns } from '../analysis/compare.ts';
import { runsMatrix, type RunsMatrix } from '../analysis/runsMatrix.ts';
import { browserTeam } from '../kernels/team.browser.ts';
import { readRun } from '../run/read.ts';
import { urlSource } from '../run/url.ts';

export interface MatrixQuery {
  /** Addresses of the runs' folders. */
  urls: string[];
  /** Neighbours of each item. */
  k: number;
}

/** What the worker of the matrix answers. */
export const matrixFunctions = {
  /**
   * All pairs of the runs on the items that all of them have.
   *
   * @param onProgress hears of runs read, then of runs and pairs, and of what is being done
   * @throws InputError when a run cannot be read, or the runs have too little in common
   */
  async runsMatrix(
    { urls, k }: MatrixQuery,
    onProgress: (done: number, total: number, label: string) => void,
  ): Promise<RunsMatrix> {
    const runs = [];
    for (const url of urls) {
      onProgress(runs.length, urls.length, 'Reading runs');
      runs.push(await readRun(urlSource(url)));
    }
    return runsMatrix(
      runs,
      await compareRuns(runs, { k, seed: 1, team: browserTeam(), onProgress }),
    );
  },
};

export type MatrixFunctions = typeof matrixFunctions;
