import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePlantedRuns } from '../../fixtures/words/planted.ts';

const CLI = fileURLToPath(new URL('../../../scripts/embedscope.mjs', import.meta.url));
const runs = mkdtempSync(join(tmpdir(), 'embedscope-relations-'));
beforeAll(() => writePlantedRuns(runs));
afterAll(() => rmSync(runs, { recursive: true, force: true }));

/** Starts `embedscope` where the only runs are the planted ones. */
function embedscope(
  ...args: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: runs,
    env: { ...process.env, EMBEDSCOPE_RUNS: runs, NO_COLOR: '1' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

async function text(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await embedscope(...args);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

const json = async (...args: string[]) => JSON.parse(await text(...args, '--json'));

describe('embedscope analogy', () => {
  it.concurrent('answers A is to B as C is to …, in this order', async () => {
    const found = await json('analogy', 'planted-topics', 'man', 'woman', 'king', '-n', '2');
    expect(Object.keys(found)).toEqual(['a', 'b', 'c', 'rule', 'answers', 'leftOut']);
    expect([found.a, found.b, found.c]).toEqual(
      ['man', 'woman', 'king'].map((label) => ({ id: label, label })),
    );
    expect(found.rule).toBe('add');
    expect(found.answers).toHaveLength(2);
    expect(Object.keys(found.answers[0])).toEqual(['id', 'label', 'similarity']);
    expect(found.answers[0].label).toBe('queen');
    expect(found.leftOut.map((item: object) => Object.keys(item))).toEqual(
      Array(3).fill(['id', 'label', 'similarity', 'rank']),
    );
    const other = await json('analogy', 'planted-topics', 'woman', 'man', 'queen');
    expect(other.answers[0].label).toBe('king');
  });

  it.concurrent('prints for people, by the rule asked for', async () => {
    const args = ['analogy', 'planted-topics', 'man', 'woman', 'king', '--rule', 'mul'];
    const lines = (await text(...args, '--count', '3')).trimEnd().split('\n');
    expect(lines[0]).toBe('man is to woman as king is to …');
    expect(lines[1]).toBe('by 3CosMul: woman − man + king');
    expect(lines[3]).toMatch(/^similarity +label +id$/);
    expect(lines[5]).toMatch(/^ *\d\.\d{4} +█+ +queen +queen$/);
    expect(lines).toHaveLength(10);
    expect(lines[9]).toMatch(
      /^Left out; among all they would be: man number \d+, woman number \d+, king number \d+\.$/,
    );
  });

  it.concurrent('says in its help which word is which', async () => {
    const help = await text('analogy', '--help');
    expect(help).toMatch(/^Usage: embedscope analogy \[options\] <run> <a> <b> <c>/);
    expect(help).toContain('“man is to woman as king is to …” is man woman king');
    for (const option of ['--rule', '-n, --count', '--json'])
      expect(help).toContain(`\n  ${option}`);
  });
});

describe('embedscope line', () => {
  it.concurrent('lists both ends with positions and distances', async () => {
    const found = await json('line', 'planted-judgement', 'terrible', 'wonderful', '-n', '3');
    expect(Object.keys(found)).toEqual([
      ...['from', 'to', 'cosine', 'ranked', 'varianceShare', 'polarity', 'fromEnd', 'toEnd'],
    ]);
    expect([found.from.id, found.to.id]).toEqual(['terrible', 'wonderful']);
    expect(Object.keys(found.fromEnd[0])).toEqual(['id', 'label', 'position', 'distance']);
    expect([found.fromEnd.length, found.toEnd.length]).toEqual([3, 3]);
    expect(found.fromEnd[0].position).toBeLessThan(found.fromEnd[1].position);
    expect(found.toEnd[0].position).toBeGreaterThan(found.toEnd[1].position);
    expect(Object.keys(found.polarity)).toEqual(['correlation', 'n']);
    const few = await json('line', 'planted-judgement', 'terrible', 'wonderful', '--items', '10');
    expect(few.ranked).toBe(9);
    const silent = await json('line', 'planted-topics', 'man', 'woman');
    expect(silent).not.toHaveProperty('polarity');
  });

  it.concurrent('prints for people, with polarity where there is one', async () => {
    const printed = await text('line', 'planted-judgement', 'terrible', 'wonderful', '-n', '2');
    expect(printed).toMatch(/^From terrible \(0\) to wonderful \(1\)\n\nCosine of the two −/);
    expect(printed).toMatch(/\nCorrelation of position and polarity 0\.\d+ over 79 items\.\n/);
    expect(printed).toMatch(
      /\nAt the end of terrible\nposition +distance +polarity +label +id\n[─ ]+\n( *−?\d\.\d{3} .*\n){2}\nAt the end of wonderful\n/,
    );
    expect(await text('line', 'planted-topics', 'man', 'woman')).not.toMatch(/polarity/i);
  });
});

it.concurrent(
  'embedscope neighbours prints count and polarity of words that have one',
  async () => {
    const printed = await text('neighbours', 'planted-judgement', 'terrible', '--count', '2');
    const lines = printed.split('\n');
    expect(lines[2]).toMatch(/^similarity +count +polarity +label +id$/);
    expect(lines[4]).toMatch(/^ *\d\.\d{3} +█+ +1,8\d0 +−1\.\d0 +(\w+) +\1$/);
    expect(await text('neighbours', 'planted-topics', 'terrible')).not.toContain('polarity');
  },
);

describe('bad input ends with 2 and says what to do', () => {
  it.concurrent.each<[string, string]>([
    ['analogy planted-topics man woman', "error: missing required argument 'c'"],
    [
      'analogy planted-topics man woman kingg',
      'embedscope: this run has no item "kingg" (expected an id, a label, or a part of one; try fewer letters)',
    ],
    [
      'analogy planted-topics man wo king',
      'embedscope: "wo" fits 2 items; name one by its id:\n  woman  woman\n  wonderful  wonderful',
    ],
    [
      'analogy planted-topics man man king',
      'embedscope: A and B are both man: there is no difference to carry over to king; name two different ones',
    ],
    [
      'analogy planted-topics man woman man',
      'embedscope: A and C are both man: the answer would be B, woman; name another for C',
    ],
    [
      'analogy planted-topics man woman king --rule cos',
      "error: option '--rule <name>' argument 'cos' is invalid. Allowed choices are add, mul.",
    ],
    [
      'analogy planted-topics man woman king -n none',
      "error: option '-n, --count <n>' argument 'none' is invalid. Expected a whole number from 1.",
    ],
    ['line planted-topics man', "error: missing required argument 'b'"],
    [
      'line planted-judgement man queen',
      'embedscope: this run has no item "queen" (expected an id, a label, or a part of one; try fewer letters)',
    ],
    [
      'line planted-topics man MAN',
      'embedscope: both ends are man: a line needs two different ones; name another',
    ],
    [
      'line planted-topics man woman --items 0',
      "error: option '--items <n>' argument '0' is invalid. Expected a whole number from 1.",
    ],
  ])('%s', async (line, message) => {
    const { code, stdout, stderr } = await embedscope(...line.split(' '));
    const said = stderr.replace(/\n\(--help lists what can be asked\)\n$/, '\n').trimEnd();
    expect(said).toBe(message);
    expect([code, stdout]).toEqual([2, '']);
  });
});
