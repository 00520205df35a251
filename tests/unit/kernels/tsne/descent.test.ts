import { describe, expect, it } from 'vitest';
import { soloTeam, type Team } from '../../../../src/lib/kernels/team.ts';
import { loadKernel } from '../../../../src/lib/kernels/load.ts';
import {
  descent,
  descentLayout,
  type Repulsion,
} from '../../../../src/lib/kernels/tsne/descent.ts';
import { source } from '../../../../src/lib/kernels/tsne/phases.ts';
import { random } from '../../../../src/lib/math/random.ts';
import type { Affinities } from '../../../../src/lib/math/tsne/affinities.ts';
import { exactRepulsion } from '../../../../src/lib/math/tsne/exact.ts';
import { schedule } from '../../../../src/lib/math/tsne/schedule.ts';

/** Points like those of a map: clusters in an ellipse. */
function clusters(n: number, extent: number, seed = 1): Float32Array {
  const draw = random(seed);
  const points = new Float32Array(2 * n);
  for (let i = 0, x = 0, y = 0; i < n; i++) {
    if (i % 40 === 0) [x, y] = [extent * draw.normal(), 0.6 * extent * draw.normal()];
    points[2 * i] = x + 0.08 * extent * draw.normal();
    points[2 * i + 1] = y + 0.08 * extent * draw.normal();
  }
  return points;
}

/** Each point is drawn to the next one, all alike. */
function chain(n: number): Affinities {
  const starts = Int32Array.from({ length: n + 1 }, (_, i) => 4 * i);
  const columns = Int32Array.from({ length: 4 * n }, (_, at) => {
    const i = at >> 2;
    return at % 4 === 0 ? (i + 1) % n : at % 4 === 1 ? (i + n - 1) % n : i;
  });
  const values = Float32Array.from({ length: 4 * n }, (_, at) => (at % 4 < 2 ? 1 / (2 * n) : 0));
  return { n, starts, columns, values };
}

const plan = { earlyIterations: 2, earlyExaggeration: 12, lateExaggeration: 1, lateFrom: 99 };

async function begun(
  points: Float32Array,
  repulsion: Repulsion,
  { members = 1, plain = false } = {},
) {
  const affinities = chain(points.length / 2);
  const { bytes } = descentLayout(affinities, members);
  const kernel = await loadKernel(source.wasm, source.twin, bytes, { plain });
  const solo = await soloTeam.start(kernel);
  // Members one after another, which is what threads do at once.
  const team: Team = {
    count: members,
    run: (name, values) =>
      Array.from({ length: members }, (_, member) => solo.run(name, () => values(member))[0]),
    close: () => undefined,
  };
  const of = schedule({ ...plan, learningRate: 10 });
  return descent(affinities, points, of, repulsion, kernel.buffer, team);
}

/** |a − b| / |b|, over all coordinates. */
function relativeError(a: ArrayLike<number>, b: Float64Array): number {
  let difference = 0;
  let size = 0;
  b.forEach((value, at) => {
    difference += (a[at] - value) ** 2;
    size += value ** 2;
  });
  return Math.sqrt(difference / size);
}

function exact(points: Float32Array) {
  const forces = new Float64Array(points.length);
  return { z: exactRepulsion(Float64Array.from(points), forces), forces };
}

describe.each<[Repulsion & string, number]>([
  ['pairs', 1e-5],
  ['grid', 1e-2],
  ['cheaper', 1e-2],
])('repulsion by %s', (repulsion, bound) => {
  // From the start of a map to its end.
  it.each([1e-4, 0.01, 1, 10, 40])('is near the exact forces (extent %d)', async (extent) => {
    for (const points of [clusters(1_200, extent), clusters(1_201, 1.3 * extent, 2)]) {
      const near = (await begun(points, repulsion)).forces();
      const { z, forces } = exact(points);
      expect(relativeError(near.repulsion, forces)).toBeLessThan(bound);
      expect(Math.abs(near.z / z - 1)).toBeLessThan(bound);
    }
  });

  it('knows points that lie on one another', async () => {
    const points = new Float32Array(200).fill(0.5);
    points[0] = -1;
    const near = (await begun(points, repulsion)).forces();
    const { z, forces } = exact(points);
    expect(near.z / z).toBeCloseTo(1, 3);
    expect(relativeError(near.repulsion, forces)).toBeLessThan(1e-3);
    const together = (await begun(new Float32Array(20), repulsion)).forces();
    expect(together.z).toBeCloseTo(90, 3);
    expect(Math.hypot(...together.repulsion)).toBeLessThan(1e-6);
  });

  it.each([2, 3])('is the same to the bit when %i members share the work', async (members) => {
    const points = clusters(700, 8);
    const alone = (await begun(points, repulsion)).forces();
    expect((await begun(points, repulsion, { members })).forces()).toEqual(alone);
  });
});

it('what a grid of at most 1,024 nodes across cannot resolve is still finite', async () => {
  const points = clusters(300, 1);
  points[0] = 30_000;
  const { repulsion, z } = (await begun(points, 'grid')).forces();
  expect(repulsion.every(Number.isFinite)).toBe(true);
  expect(z).toBeGreaterThan(0);
});

it('attraction is Σ p (y_i − y_j) / (1 + d²), and the divergence Σ p ln (p / q)', async () => {
  const n = 301;
  const points = clusters(n, 5);
  const { starts, columns, values } = chain(n);
  const expected = new Float64Array(2 * n);
  const { z } = exact(points);
  let kl = 0;
  for (let i = 0; i < n; i++) {
    for (let at = starts[i]; at < starts[i + 1]; at++) {
      const dx = points[2 * i] - points[2 * columns[at]];
      const dy = points[2 * i + 1] - points[2 * columns[at] + 1];
      const w = 1 / (1 + dx * dx + dy * dy);
      expected[2 * i] += values[at] * w * dx;
      expected[2 * i + 1] += values[at] * w * dy;
      if (values[at] > 0) kl += values[at] * Math.log((values[at] * z) / w);
    }
  }
  for (const repulsion of ['pairs', 'grid', { theta: 0.2 }] as const) {
    const map = await begun(points, repulsion);
    expect(relativeError(map.forces().attraction, expected)).toBeLessThan(1e-5);
    expect(map.klDivergence() / kl).toBeCloseTo(1, 3);
  }
});

describe('the descent', () => {
  it('is plain JavaScript to the bit', async () => {
    for (const repulsion of ['pairs', 'grid'] as const) {
      const points = clusters(333, 4);
      const [compiled, plain] = [
        await begun(points, repulsion),
        await begun(points, repulsion, { plain: true }),
      ];
      for (let i = 0; i < 4; i++) {
        compiled.iterate();
        plain.iterate();
        expect(plain.points()).toEqual(compiled.points());
        expect(plain.klDivergence()).toBe(compiled.klDivergence());
      }
      expect(plain.forces()).toEqual(compiled.forces());
      expect(plain.points()).not.toEqual(points);
    }
  });

  it('moves against the gradient with momentum 0.5, then 0.8, and gains that follow the signs', async () => {
    const points = clusters(150, 3);
    const map = await begun(points, 'pairs');
    const at = Float64Array.from(map.points());
    const velocity = new Float64Array(300);
    const gains = new Float64Array(300).fill(1);
    for (let iteration = 0; iteration < 6; iteration++) {
      const { attraction, repulsion, z } = map.forces();
      const [exaggeration, momentum] = iteration < 2 ? [12, 0.5] : [1, 0.8];
      for (let i = 0; i < 300; i++) {
        const slope = exaggeration * attraction[i] - repulsion[i] / z;
        gains[i] = slope * velocity[i] < 0 ? gains[i] + 0.2 : Math.max(0.01, gains[i] * 0.8);
        velocity[i] = momentum * velocity[i] - 10 * gains[i] * slope;
        at[i] += velocity[i];
      }
      for (const axis of [0, 1]) {
        let mean = 0;
        for (let i = axis; i < 300; i += 2) mean += at[i] / 150;
        for (let i = axis; i < 300; i += 2) at[i] -= mean;
      }
      map.iterate();
      expect(relativeError(map.points(), at)).toBeLessThan(1e-5);
    }
    expect(relativeError(points, at)).toBeGreaterThan(1e-2);
  });

  it('moves no point further than 5 at once', async () => {
    const two = Float32Array.of(0, 0, 400, 300);
    const affinities = { ...chain(2), values: Float32Array.of(1e6, 0, 0, 0, 1e6, 0, 0, 0) };
    const { bytes } = descentLayout(affinities, 1);
    const kernel = await loadKernel(source.wasm, source.twin, bytes);
    const team = await soloTeam.start(kernel);
    const of = schedule({ ...plan, learningRate: 10 });
    const map = descent(affinities, two, of, 'pairs', kernel.buffer, team);
    map.iterate();
    // Towards one another by 5 each, along (4, 3) / 5, about the origin.
    [-196, -147, 196, 147].forEach((value, i) => expect(map.points()[i]).toBeCloseTo(value, 3));
  });
});
