import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../../../scripts/embedscope.mjs', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'embedscope-evaluate-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function embedscope(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { cwd: scratch }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

beforeAll(async () => {
  // Capitals lie one step to the right of their countries; rome is out of line.
  const vectors = [
    'greece 0 1',
    'athens 1 1',
    'norway 0 2',
    'oslo 1 2',
    'italy 0 3',
    'rome -1 0.1',
  ];
  writeFileSync(join(scratch, 'v.txt'), vectors.join('\n'));
  writeFileSync(
    join(scratch, 'questions.txt'),
    ': capitals\nGreece Athens Norway Oslo\nGreece Athens Italy Rome\nGreece Athens Peru Lima\n: none\nPeru Lima Cuba Havana\n',
  );
  writeFileSync(
    join(scratch, 'pairs.csv'),
    'Word 1,Word 2,Human (mean)\ngreece,norway,9\ngreece,athens,7\nAthens,rome,1\ngreece,peru,5\n',
  );
  await embedscope('import', 'v.txt', '--out', 'run');
});

describe('embedscope evaluate', () => {
  it('counts right answers and coverage, and correlates cosines with ratings', async () => {
    const files = ['--similarity', 'pairs.csv', '--analogies', 'questions.txt'];
    const { stdout, code } = await embedscope('evaluate', 'run', ...files, '--json');
    expect(code).toBe(0);
    const right = { questions: 3, covered: 2, add: 1, mul: 1 };
    expect(JSON.parse(stdout)).toEqual({
      run: 'run',
      words: 6,
      similarity: [{ file: 'pairs.csv', pairs: 4, covered: 3, rho: expect.closeTo(1, 12) }],
      analogies: [
        {
          file: 'questions.txt',
          ...right,
          questions: 4,
          sections: [
            { name: 'capitals', ...right },
            { name: 'none', questions: 1, covered: 0, add: 0, mul: 0 },
          ],
        },
      ],
    });
    const table = (await embedscope('evaluate', 'run', ...files)).stdout;
    expect(table).toMatch(/pairs\.csv +4 +3 +1\.000\n/);
    expect(table).toMatch(/capitals +3 +2 +50\.0 % +50\.0 %\n/);
    expect(table).toMatch(/none +1 +0 +– +–\n/);
  });

  it('takes only the first words when asked', async () => {
    const args = ['--analogies', 'questions.txt', '--words', '4', '--json'];
    const { stdout } = await embedscope('evaluate', 'run', ...args);
    expect(JSON.parse(stdout)).toMatchObject({ words: 4, analogies: [{ covered: 1, add: 1 }] });
  });

  it.each<[string, string[], string]>([
    ['no test', [], 'there is no test (name one with --similarity FILE or --analogies FILE)'],
    ['a file that is not there', ['--similarity', 'no.csv'], 'no.csv cannot be read: '],
    [
      'a file of another kind',
      ['--analogies', 'pairs.csv'],
      'pairs.csv line 2 has 1 word (expected four: ',
    ],
  ])('refuses %s', async (_, args, message) => {
    const { code, stderr } = await embedscope('evaluate', 'run', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('refuses what is not text', async () => {
    writeFileSync(join(scratch, 'binary'), new Uint8Array([0xff, 0xfe, 0]));
    const { code, stderr } = await embedscope('evaluate', 'run', '--analogies', 'binary');
    expect(stderr).toContain('binary is not text in UTF-8; convert it first');
    expect(code).toBe(2);
    expect(readFileSync(join(scratch, 'run/run.json'), 'utf8')).toContain('"imported"');
  });
});
