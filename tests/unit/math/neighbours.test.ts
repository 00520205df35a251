import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/lib/math/matrix.ts';
import { lowest, nearest } from '../../../src/lib/math/neighbours.ts';

const vectors = matrix(5, 2, Float32Array.of(1, 0, 2, 0, 0, 1, 0, 0, 1, 0));
const query = Float32Array.of(1, 0);

describe('nearest', () => {
  it('takes equals by row, and zeros to have cosine 0', () => {
    const { rows, values } = nearest(vectors, query, 5, 'cosine');
    expect([...rows]).toEqual([0, 1, 4, 2, 3]);
    expect([...values]).toEqual([1, 1, 1, 0, 0]);
  });

  it('knows the dot product and the distance', () => {
    expect([...nearest(vectors, query, 2, 'dot').rows]).toEqual([1, 0]);
    const { rows, values } = nearest(vectors, query, 4, 'euclidean', 0);
    expect([...rows]).toEqual([4, 1, 3, 2]);
    expect([...values]).toEqual([0, 1, 1, Math.SQRT2]);
  });

  it('names what it cannot use', () => {
    expect(() => nearest(vectors, Float32Array.of(1), 1, 'dot')).toThrow('1 values (expected 2)');
    expect(() => nearest(vectors, query, 1.5, 'dot')).toThrow('k is 1.5');
    expect(() => nearest(vectors, Float32Array.of(NaN, 1), 1, 'dot')).toThrow('not finite');
  });
});

it('lowest leaves out NaN and gives what there is', () => {
  expect([...lowest([3, NaN, 1, 2], 9)]).toEqual([2, 3, 0]);
  expect([...lowest([3, 1], 0)]).toEqual([]);
});
