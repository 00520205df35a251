import { describe, expect, test } from 'vitest';
import { random } from '../../../src/lib/math/random.ts';
import { tsneFunctions } from '../../../src/lib/workers/tsne.ts';

/** Two groups of items in six dimensions, in turn. */
function twoGroups(rows: number): Float32Array {
  const draw = random(4);
  return Float32Array.from({ length: rows * 6 }, (_, at) => {
    const first = Math.floor(at / 6) % 2 === 0;
    return (at % 6 === (first ? 0 : 1) ? 5 : 0) + 0.5 * draw.normal();
  });
}

const request = (rows: number, iterations: number) => ({
  data: twoGroups(rows),
  rows,
  columns: 6,
  perplexity: 10,
  iterations,
  seed: 1,
});

describe('the live t-SNE', () => {
  test('starts at iteration 0, goes on when asked to and only then, and ends', async () => {
    const phases = new Set<string>();
    const start = await tsneFunctions.start(request(80, 1000), (phase) => phases.add(phase));
    expect(phases).toContain('neighbours');
    expect(start).toMatchObject({ iteration: 0, iterations: 1000, effectivePerplexity: 10 });
    expect(start.points.length).toBe(160);
    const once = tsneFunctions.advance(0);
    expect(once.iteration).toBe(1);
    let last = once;
    while (last.iteration < 1000) last = tsneFunctions.advance(20);
    expect(tsneFunctions.advance(20).iteration).toBe(1000);
    expect(last.klDivergence).toBeLessThan(start.klDivergence);
    // Each item's nearest on the map is of its own group.
    const { points } = last;
    for (let i = 0; i < 80; i++) {
      let nearest = -1;
      let least = Infinity;
      for (let j = 0; j < 80; j++) {
        const distance = Math.hypot(
          points[2 * i] - points[2 * j],
          points[2 * i + 1] - points[2 * j + 1],
        );
        if (j === i || distance >= least) continue;
        least = distance;
        nearest = j;
      }
      expect(nearest % 2).toBe(i % 2);
    }
  });

  test('a picture that was handed out does not change under the page', async () => {
    const start = await tsneFunctions.start(request(40, 100), () => undefined);
    const kept = start.points.slice();
    tsneFunctions.advance(10);
    expect(start.points).toEqual(kept);
  });

  test('says what is wrong with the data', async () => {
    const broken = { ...request(40, 100), data: new Float32Array(40 * 6).fill(NaN) };
    await expect(tsneFunctions.start(broken, () => undefined)).rejects.toThrow(/finite/);
  });
});
