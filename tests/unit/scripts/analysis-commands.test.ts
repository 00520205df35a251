import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderSource } from '../../../src/lib/run/folder.node.ts';
import { readRun } from '../../../src/lib/run/read.ts';
import { writeRun } from '../../../src/lib/run/write.node.ts';

const CLI = fileURLToPath(new URL('../../../scripts/embedscope.mjs', import.meta.url));
const FIXTURES = fileURLToPath(new URL('../../fixtures/analysis/', import.meta.url));
const MOVIES = join(FIXTURES, 'movies-300');
const runs = mkdtempSync(join(tmpdir(), 'embedscope-analysis-'));
afterAll(() => rmSync(runs, { recursive: true, force: true }));

type Scored = { id: string; label: string; score: number };
interface Ends {
  component: number;
  explainedVariance: number;
  explainedVarianceRatio: number;
  top: [string, number][];
  bottom: [string, number][];
}
/** Written by scikit-learn; see goldens.py beside the file. */
const goldens = JSON.parse(readFileSync(join(FIXTURES, 'goldens.json'), 'utf8')) as {
  components: Record<'scores' | 'lesson', Record<'300' | '120', Ends[]>>;
  neighbours: { id: string; label: string; nearest: Record<string, [string, number][]> }[];
};

/** Starts `embedscope` where the only runs are those of the scratch folder. */
const embedscope = (...args: string[]) => start(args, runs);

/** `folder` of runs, or none to look where runs are by default. */
function start(
  args: string[],
  folder = '',
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: runs,
    env: { ...process.env, EMBEDSCOPE_RUNS: folder, NO_COLOR: '1' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

/** What a command prints with `--json`, which is one line and nothing after it. */
async function json(...args: string[]) {
  const { code, stdout, stderr } = await embedscope(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout.split('\n');
  expect(lines.pop()).toBe('');
  return JSON.parse(lines.at(-1)!);
}

/** What a command prints for people. */
async function text(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await embedscope(...args);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

function expectEqual(actual: [string, number][], expected: [string, number][]): void {
  expect(actual.map(([id]) => id)).toEqual(expected.map(([id]) => id));
  actual.forEach(([, value], at) => expect(value).toBeCloseTo(expected[at][1], 5));
}

const pairs = (items: Scored[]) => items.map(({ id, score }): [string, number] => [id, score]);

beforeAll(async () => {
  cpSync(MOVIES, join(runs, 'movies'), { recursive: true });
  const { manifest, items } = await readRun(folderSource(MOVIES));
  await writeRun(join(runs, 'plain'), {
    manifest,
    items: { ...items, bias: undefined, columns: {} },
  });
  mkdirSync(join(runs, 'elsewhere', 'empty'), { recursive: true });
  cpSync(MOVIES, join(runs, 'elsewhere', 'short'), { recursive: true });
  truncateSync(join(runs, 'elsewhere', 'short', 'items.arrow'), 50_000);
  cpSync(MOVIES, join(runs, 'elsewhere', 'newer'), { recursive: true });
  const newer = { ...manifest, schemaVersion: 9 };
  writeFileSync(join(runs, 'elsewhere', 'newer', 'run.json'), JSON.stringify(newer));
});

describe('embedscope components', () => {
  it.each([
    ['scores', '300'],
    ['lesson', '300'],
    ['scores', '120'],
    ['lesson', '120'],
  ] as const)('gives the figures of scikit-learn: %s of %s items', async (convention, items) => {
    await Promise.all(
      goldens.components[convention][items].map(async (golden) => {
        const component = String(golden.component);
        const options = ['--component', component, '--items', items, '--convention', convention];
        const found = await json('components', 'movies', ...options);
        expectEqual(pairs(found.top), golden.top);
        expectEqual(pairs(found.bottom), golden.bottom);
        expect(found.explainedVariance).toBeCloseTo(golden.explainedVariance, 6);
        expect(found.explainedVarianceRatio).toBeCloseTo(golden.explainedVarianceRatio, 6);
      }),
    );
  });

  it('has the agreed shape, and takes a path for an id', async () => {
    const [byId, byPath] = await Promise.all([
      json('components', 'movies', '--component', '2', '--count', '3'),
      json('components', join(MOVIES, 'run.json'), '--component', '2', '--count', '3'),
    ]);
    expect(byPath).toEqual(byId);
    expect(byId.component).toBe(2);
    expect(typeof byId.explainedVariance).toBe('number');
    for (const list of [byId.top, byId.bottom]) {
      expect(list).toHaveLength(3);
      for (const item of list) expect(Object.keys(item)).toEqual(['id', 'label', 'score']);
    }
    expect(byId.about.length).toBeGreaterThan(10);
    for (const entry of byId.about) {
      expect(Object.keys(entry).sort()).toEqual(['correlation', 'n', 'name', 'pValue']);
    }
    expect([byId.fitted, byId.ranked, byId.kind]).toEqual([300, 300, 'movies']);
  });

  it('ranks only what the filters leave, with the scores unchanged', async () => {
    const { items } = await readRun(folderSource(MOVIES));
    const all = await json('components', 'movies', '--count', '300');
    const some = await json(
      ...['components', 'movies', '--count', '300', '--genre', 'Comedy', 'War'],
      ...['--from-year', '1980', '--to-year', '1999', '--minimum-count', '60'],
    );
    const { year, genres } = items.columns;
    if (year.kind !== 'number' || genres.kind !== 'tags') throw new Error('a wrong fixture');
    const passes = ({ id }: Scored) => {
      const row = items.ids.indexOf(id);
      const own = genres.values[row];
      const when = year.values[row];
      return (
        (own.includes('Comedy') || own.includes('War')) &&
        when >= 1980 &&
        when <= 1999 &&
        items.counts[row] >= 60
      );
    };
    const expected = (all.top as Scored[]).filter(passes);
    expect(expected.length).toBeGreaterThan(5);
    expect(expected.length).toBeLessThan(100);
    expect(some.top).toEqual(expected);
    expect([some.fitted, some.ranked]).toEqual([300, expected.length]);
  });

  it('prints the spectrum, a sentence and both ends for people', async () => {
    const [first, second, none] = await Promise.all([
      text('components', 'movies', '--count', '2'),
      text('components', 'movies', '--count', '2', '--component', '2'),
      text('components', 'movies', '--from-year', '2030'),
    ]);
    const [share] = goldens.components.scores['300'];
    const percent = `${(100 * share.explainedVarianceRatio).toFixed(1)} %`;
    expect(first).toMatch(/^Shares of variance, components 1, 2, …\n {2}29\.0 % /);
    expect(first).toContain(`\nComponent 1: ${percent} of the variance, scores convention\n`);
    expect(first).toContain('(over 300 films).\nRanked: 300 of the 300 items it was fitted on\n');
    for (const [id, score] of [...share.top.slice(0, 2), ...share.bottom.slice(0, 2)]) {
      const figure = score.toPrecision(3).replace('-', '−');
      expect(first).toMatch(new RegExp(`^ *${figure} .* ${id}$`, 'm'));
    }
    expect(second).toMatch(/^Component 2: /);
    expect(none).toContain(
      'Ranked: 0 of the 300 items it was fitted on\n\nNo item passes the filter',
    );
  });

  it('works on a run that knows nothing but counts', async () => {
    expect(
      (await json('components', 'plain')).about.map(({ name }: Scored & { name: string }) => name),
    ).toEqual(['log count']);
  });
});

describe('embedscope bias', () => {
  it('ranks by bias, with mean and count beside it', async () => {
    const { items } = await readRun(folderSource(MOVIES));
    const first = Array.from(items.bias!.subarray(0, 200));
    const order = first.map((_, row) => row).sort((a, b) => first[a] - first[b]);
    const ids = (rows: number[]) => rows.map((row) => items.ids[row]);
    const found = await json('bias', 'movies', '--items', '200', '--count', '4');
    const idsOf = (list: Scored[]) => list.map(({ id }) => id);
    expect(idsOf(found.top)).toEqual(ids(order.toReversed().slice(0, 4)));
    expect(idsOf(found.bottom)).toEqual(ids(order.slice(0, 4)));
    expect(found.ranked).toBe(200);
    expect(found.corrected).toHaveLength(4);
    expect(found.top[0]).toMatchObject({ bias: first[order[199]], biasRank: 1 });
  });

  it('prints figures of the same number of decimals', async () => {
    const printed = await text('bias', 'movies');
    expect(printed).toMatch(
      /^Bias of 300 items\nRank correlation with the mean rating: 0\.\d{3}\n/,
    );
    const rows = printed.split('\n').filter((line) => /^ *−?\d/.test(line));
    expect(rows).toHaveLength(30);
    // Bias, bar, rank, mean.
    for (const line of rows) expect(line).toMatch(/^ *−?\d\.\d{3} {2}█* +[\d,.]+ +\d\.\d{2} /);
  });
});

describe('embedscope neighbours', () => {
  it.each(goldens.neighbours)('gives the figures of scikit-learn: $label', async (golden) => {
    await Promise.all(
      Object.entries(golden.nearest).map(async ([metric, nearest]) => {
        const found = await json('neighbours', 'movies', golden.label, '--metric', metric);
        const measure = metric === 'euclidean' ? 'distance' : 'similarity';
        expect(Object.keys(found)).toEqual(['item', 'metric', 'neighbours']);
        expect(found.item).toEqual({ id: golden.id, label: golden.label });
        expect(found.metric).toBe(metric);
        for (const other of found.neighbours) {
          expect(Object.keys(other)).toEqual(['id', 'label', measure]);
        }
        expectEqual(
          found.neighbours.map((other: Record<string, never>) => [other.id, other[measure]]),
          nearest,
        );
      }),
    );
  });

  it('knows the shipped runs by their ids, wherever it is started', async () => {
    const args = ['neighbours', 'movielens-mf-seed1', 'toy story', '--json'];
    const { code, stdout } = await start(args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).item).toEqual({ id: '1', label: 'Toy Story (1995)' });
  });

  it('uses cosine unless told otherwise, and prints as many as are asked for', async () => {
    const golden = goldens.neighbours[0];
    const printed = await text('neighbours', 'movies', golden.id, '--count', '3');
    const lines = printed.trimEnd().split('\n');
    expect(lines[0]).toBe(`Nearest to ${golden.label} (id ${golden.id}) by cosine`);
    expect(lines[2]).toMatch(/^similarity +label +id$/);
    expect(lines.slice(4).map((line) => line.split(/ +/).at(-1))).toEqual(
      golden.nearest.cosine.slice(0, 3).map(([id]) => id),
    );
  });
});

it.each([
  [
    'components',
    [
      '--component',
      '--count',
      '--items',
      '--convention',
      '--genre',
      '--from-year',
      '--to-year',
      '--minimum-count',
      '--json',
    ],
  ],
  ['bias', ['--count', '--items', '--json']],
  ['neighbours', ['--count', '--metric', '--json']],
])('%s --help tells every option and an example', async (command, options) => {
  const help = await text(command, '--help');
  expect(help).toMatch(new RegExp(`^Usage: embedscope ${command} \\[options\\] <run>`));
  for (const option of options) expect(help).toMatch(new RegExp(`^ {2}${option}\\b`, 'm'));
  expect(help).toContain(`\n  embedscope ${command} my-run`);
});

describe('bad input ends with 2 and says what to do', () => {
  const GENRES =
    'Action, Adventure, Animation, Children, Comedy, Crime, Drama, Fantasy, Film-Noir, Horror, IMAX, Musical, Mystery, Romance, Sci-Fi, Thriller, War, Western';
  it.each<[string, string]>([
    ['bias nowhere', 'embedscope: there is no run "nowhere"; there are: movies, plain'],
    [
      'bias movie',
      'embedscope: there is no run "movie" (did you mean "movies"?); there are: movies, plain',
    ],
    [
      'components movies --component 99',
      'embedscope: component is 99 (expected a whole number from 1 to 50)',
    ],
    [
      'components movies --component 0',
      "error: option '--component <k>' argument '0' is invalid. Expected a whole number from 1.",
    ],
    [
      'components movies --component abc',
      "error: option '--component <k>' argument 'abc' is invalid. Expected a whole number from 1.",
    ],
    [
      'bias movies --count 0',
      "error: option '--count <n>' argument '0' is invalid. Expected a whole number from 1.",
    ],
    [
      'components movies --items 1',
      "error: option '--items <n>' argument '1' is invalid. Expected a whole number from 2.",
    ],
    [
      'components movies --convention own',
      "error: option '--convention <name>' argument 'own' is invalid. Allowed choices are scores, lesson.",
    ],
    [
      'components movies --genre Comdy',
      `embedscope: no item of this run has the genre "Comdy"; there are: ${GENRES}`,
    ],
    [
      'components plain --genre Comedy',
      'embedscope: this run has no genres: leave out the filter by genre',
    ],
    [
      'components plain --to-year 1990',
      'embedscope: this run has no years: leave out the filter by year',
    ],
    [
      'bias plain',
      'embedscope: this run has no bias: its model has factors alone; choose a run of a model with biases, such as mf',
    ],
    ['bias', "error: missing required argument 'run'"],
    ['neighbours movies', "error: missing required argument 'item'"],
    [
      'neighbours movies heat --metric far',
      "error: option '--metric <name>' argument 'far' is invalid. Allowed choices are cosine, dot, euclidean.",
    ],
    [
      'neighbours movies zzz',
      'embedscope: this run has no item "zzz" (expected an id, a label, or a part of one; try fewer letters)',
    ],
    [
      'neighbours movies matrix',
      'embedscope: "matrix" fits 3 items; name one by its id:\n  2571  Matrix, The (1999)\n  6365  Matrix Reloaded, The (2003)\n  6934  Matrix Revolutions, The (2003)',
    ],
    [
      'bias ./elsewhere/nothing',
      "embedscope: ./elsewhere/nothing does not exist (expected a run's folder)",
    ],
  ])('%s', async (line, message) => {
    const { code, stdout, stderr } = await embedscope(...line.split(' '));
    expect(stderr.replace(/\n\(--help lists what can be asked\)\n$/, '\n')).toBe(`${message}\n`);
    expect([code, stdout]).toEqual([2, '']);
  });

  it.each([
    ['short', /^embedscope: .*items\.arrow.*50,000.*\n$/],
    ['newer', /^embedscope: .*run\.json.*9.*\n$/],
    ['empty', /^embedscope: .*empty is not a run: it has no run\.json .*\n$/],
  ])('a run that is %s', async (name, message) => {
    const { code, stdout, stderr } = await embedscope('bias', `./elsewhere/${name}`);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, '']);
  });
});
