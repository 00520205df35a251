import { describe, expect, it } from 'vitest';
import { random } from '../../../../src/lib/math/random.ts';
import {
  convolutionNet,
  convolutionsNet,
  denseNet,
  lstmNet,
  type Build,
} from '../../../../src/lib/train/nets/architectures.ts';
import { Net } from '../../../../src/lib/train/nets/net.ts';
import type { NetOptions } from '../../../../src/lib/train/nets/options.ts';
import { sequences } from '../../../../src/lib/train/nets/sequences.ts';
import { planted } from './reviews.ts';

const REVIEWS = 7;

const options: NetOptions = {
  sequence: 9,
  vocabulary: 12,
  dimensions: 5,
  wordDropout: 0,
  embeddingDropout: 0,
  filters: 6,
  width: 5,
  widths: [3, 4, 5],
  convolutionDropout: 0,
  mergedDropout: 0,
  hidden: 7,
  dropout: 0,
  units: 8,
  batchNorm: false,
  batch: 8,
  epochs: 1,
  learningRate: 0.001,
  schedule: 'as-written',
  vectors: 'none',
};
const dropouts = {
  wordDropout: 0.2,
  embeddingDropout: 0.2,
  convolutionDropout: 0.3,
  mergedDropout: 0.5,
  dropout: 0.4,
};

const data = sequences(planted(REVIEWS, 14, 3), options.sequence, options.vocabulary);
const batch = Uint32Array.from({ length: REVIEWS }, (_, i) => i);

/** A net whose parameters are all drawn, so that no bias is zero. */
async function drawn(build: Build, own: NetOptions, plain = false): Promise<Net> {
  const net = await Net.create((layout) => build(layout, own), 4, { plain });
  const { normal } = random(5);
  for (const parameter of net.parameters) {
    const values = net.numbers(parameter, 'values');
    values.forEach((value, i) => (values[i] = value + 0.3 * normal()));
  }
  return net;
}

const nets: [string, Build, Partial<NetOptions>][] = [
  ['dense', denseNet, {}],
  ['dense, batch norm', denseNet, { batchNorm: true }],
  ['dense, dropout', denseNet, dropouts],
  ['conv', convolutionNet, {}],
  ['conv, even length and width 4', convolutionNet, { sequence: 9, width: 4 }],
  ['conv, width 1', convolutionNet, { width: 1 }],
  ['conv, width 2', convolutionNet, { width: 2 }],
  ['conv, width 8', convolutionNet, { width: 8 }],
  ['conv, batch norm', convolutionNet, { batchNorm: true }],
  ['conv, dropout', convolutionNet, dropouts],
  ['conv, dropout and batch norm', convolutionNet, { ...dropouts, batchNorm: true }],
  ['conv-multi', convolutionsNet, {}],
  ['conv-multi, widths 1, 8, 2, 2', convolutionsNet, { widths: [1, 8, 2, 2] }],
  ['conv-multi, dropout and batch norm', convolutionsNet, { ...dropouts, batchNorm: true }],
  ['lstm', lstmNet, {}],
  ['lstm, dropout', lstmNet, dropouts],
];

describe('the start of the nets', () => {
  it('is drawn as by Keras 1.2 (initializations.py, convolutional.py, recurrent.py)', async () => {
    const spread = async (build: Build, p: number, own: Partial<NetOptions> = {}) => {
      const net = await Net.create((layout) => build(layout, { ...options, ...own }), 1);
      const values = net.numbers(net.parameters[p], 'values');
      const most = Math.max(...values.map(Math.abs));
      const deviation = Math.hypot(...values) / Math.sqrt(values.length);
      return { values, most, deviation };
    };
    const uniform = ({ most, deviation }: { most: number; deviation: number }, limit: number) => {
      expect(most).toBeLessThanOrEqual(Math.fround(limit));
      expect(most).toBeGreaterThan(0.9 * limit);
      expect(Math.abs(deviation * Math.sqrt(3) - limit)).toBeLessThan(0.12 * limit);
    };
    const wide = { vocabulary: 200, dimensions: 20, filters: 30, hidden: 40, units: 12 };
    uniform(await spread(convolutionNet, 0, wide), 0.05);
    // Shape (5, 1, 20, 30), taken as (outputs, inputs, rows, columns).
    uniform(await spread(convolutionNet, 1, wide), Math.sqrt(6 / (6 * 600)));
    uniform(await spread(convolutionNet, 3, wide), Math.sqrt(6 / (4 * 30 + 40)));
    uniform(await spread(lstmNet, 1, wide), Math.sqrt(6 / (20 + 12)));
    // Each gate's recurrent weights are orthogonal, times 1.1.
    const { values } = await spread(lstmNet, 2, wide);
    for (let gate = 0; gate < 4; gate++) {
      for (let i = 0; i < 12; i++) {
        for (let j = 0; j <= i; j++) {
          let dot = 0;
          for (let k = 0; k < 12; k++) {
            dot += values[i * 48 + gate * 12 + k] * values[j * 48 + gate * 12 + k];
          }
          expect(dot).toBeCloseTo(i === j ? 1.21 : 0, 5);
        }
      }
    }
    const bias = await spread(lstmNet, 3, wide);
    expect([...bias.values]).toEqual(
      Array.from({ length: 48 }, (_, i) => (i >= 12 && i < 24 ? 1 : 0)),
    );
  });
});

describe('gradients of the nets', () => {
  it.each(nets)('agree with finite differences: %s', async (_, build, own) => {
    const settings = { ...options, ...own };
    const net = await drawn(build, settings);
    // A first batch of full size leaves its traces where the second does not write.
    const full = Uint32Array.from({ length: settings.batch }, (_, i) => i % REVIEWS);
    /** A fresh net draws the same zeros in its second batch. */
    const twoBatches = async (shift: (net: Net) => void) => {
      const other = await drawn(build, settings);
      other.gradients(data, full);
      shift(other);
      return { net: other, loss: other.gradients(data, batch).loss / REVIEWS };
    };
    const { net: at } = await twoBatches(() => {});
    const { normal } = random(6);
    for (const [p, parameter] of net.parameters.entries()) {
      const gradient = at.numbers(parameter, 'gradient');
      expect(gradient.some((value) => value !== 0)).toBe(true);
      // Along the gradient and along a random direction.
      const along = gradient.map((value) => value);
      const across = gradient.map(() => normal());
      for (const direction of [along, across]) {
        const norm = Math.hypot(...direction);
        const slope = direction.reduce((sum, d, i) => sum + (d / norm) * gradient[i], 0);
        // A long step can cross a kink of relu or of a maximum, a short one drowns in rounding.
        let difference = NaN;
        for (const h of [4e-3, 1e-3, 2.5e-4, 1e-4]) {
          const losses = [];
          for (const by of [h, -h]) {
            const { loss } = await twoBatches((other) => {
              const values = other.numbers(other.parameters[p], 'values');
              direction.forEach((d, i) => (values[i] += (by * d) / norm));
            });
            losses.push(loss);
          }
          difference = (losses[0] - losses[1]) / (2 * h);
          if (Math.abs(difference - slope) < 2e-4 + 0.01 * Math.abs(slope)) break;
        }
        expect(
          Math.abs(difference - slope),
          `parameter ${p}: ${slope} by the net, ${difference} by differences`,
        ).toBeLessThan(2e-4 + 0.01 * Math.abs(slope));
      }
    }
  });

  it.each(nets)('are the plain twin’s to the bit: %s', async (_, build, own) => {
    const settings = { ...options, ...own };
    const [kernel, plain] = await Promise.all(
      [false, true].map((twin) => drawn(build, settings, twin)),
    );
    expect([kernel.backend, plain.backend]).toEqual(['kernel', 'javascript']);
    for (let step = 0; step < 2; step++) {
      expect(kernel.train(data, batch, 0.01)).toEqual(plain.train(data, batch, 0.01));
    }
    expect(kernel.judge(data, batch)).toEqual(plain.judge(data, batch));
    for (const [p, parameter] of kernel.parameters.entries()) {
      const other = plain.numbers(plain.parameters[p], 'values');
      expect(kernel.numbers(parameter, 'values')).toEqual(other);
    }
  });
});
