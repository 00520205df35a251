import { describe, expect, it } from 'vitest';
import type { LayerInfo } from '../../../src/lib/run/types.ts';
import { layersOf } from '../../../src/lib/train/mf/layers.ts';
import {
  folded,
  isRecurrent,
  shapeInFull,
  shapeOfOne,
  unrolled,
  type Graph,
} from '../../../src/lib/ui/model/graph.ts';
import { fitted, inLines, layOut, type Direction } from '../../../src/lib/ui/model/layout.ts';
import { graphInWords, modelAnswer } from '../../../src/lib/ui/model/sentence.ts';
import { readState } from '../../../src/routes/run/[id]/model/state.ts';

const layer = (
  name: string,
  kind: string,
  inputs: string[],
  shape: LayerInfo['shape'],
  parameters = 0,
): LayerInfo => ({ name, kind, inputs, shape, parameters });

const dotBias = [
  layer('user', 'input', [], [null]),
  layer('movie', 'input', [], [null]),
  layer('user factors', 'embedding', ['user'], [null, 50], 30_500),
  layer('movie factors', 'embedding', ['movie'], [null, 50], 486_200),
  layer('dot product', 'dot', ['user factors', 'movie factors'], [null]),
  layer('user bias', 'embedding', ['user'], [null, 1], 610),
  layer('movie bias', 'embedding', ['movie'], [null, 1], 9724),
  layer('rating', 'add', ['dot product', 'user bias', 'movie bias'], [null]),
];

const lstm = (length: number | null) => [
  layer('words', 'input', [], [null, length]),
  layer('word vectors', 'embedding', ['words'], [null, length, 32], 160_000),
  layer('mask', 'mask', ['words'], [null, length]),
  layer('reading', 'lstm', ['word vectors', 'mask'], [null, 100], 53_200),
  layer('judgement', 'dense', ['reading'], [null, 1], 101),
];

const implicit = layersOf(6, 5, { factors: 3, implicitFeedback: true }, 3.5, [1, 5]);

const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const edgesOf = ({ nodes, edges }: Graph) => {
  const label = new Map(nodes.map((node) => [node.id, plain(node.label)]));
  return edges.map(({ from, to }) => `${label.get(from)} → ${label.get(to)}`);
};

describe('folded', () => {
  it('has a node a layer, with its role, and an arrow an input, with what it joins', () => {
    const { nodes, edges } = folded(dotBias);
    expect(nodes.map(({ label, role }) => [label, role])).toEqual([
      ['user', 'input'],
      ['movie', 'input'],
      ...['user factors', 'movie factors', 'dot product'].map((name) => [name, 'hidden']),
      ...['user bias', 'movie bias'].map((name) => [name, 'hidden']),
      ['rating', 'output'],
    ]);
    expect(edges.map(({ from, to, flow }) => `${from} → ${to}: ${flow}`)).toEqual([
      'user → user factors: input',
      'movie → movie factors: input',
      'user factors → dot product: hidden',
      'movie factors → dot product: hidden',
      'user → user bias: input',
      'movie → movie bias: input',
      'dot product → rating: output',
      'user bias → rating: output',
      'movie bias → rating: output',
    ]);
    expect(nodes[3].details).toEqual(['50 numbers', '486,200 parameters']);
    expect(nodes[4].details).toEqual(['1 number']);
  });

  it('gives recurrent layers a loop, and no others', () => {
    expect(folded(lstm(500)).nodes.map(({ loop }) => loop)).toEqual([
      ...[false, false, false, true, false],
    ]);
    expect(folded(dotBias).nodes.some(({ loop }) => loop)).toBe(false);
    expect(['lstm', 'gru', 'simpleRnn', 'rnn'].every((kind) => isRecurrent({ kind }))).toBe(true);
    expect(['dense', 'conv1d', 'learning'].some((kind) => isRecurrent({ kind }))).toBe(false);
  });
});

describe('unrolled', () => {
  it('chains the steps, feeds each from its own position, and goes on from the last', () => {
    const edges = edgesOf(unrolled(lstm(500)));
    expect(edges).toEqual([
      ...[1, 2, 3, 500].map((step) => `words, step ${step} → word vectors, step ${step}`),
      ...[1, 2, 3, 500].map((step) => `words, step ${step} → mask, step ${step}`),
      'word vectors, step 1 → reading, step 1',
      'mask, step 1 → reading, step 1',
      'reading, step 1 → reading, step 2',
      'word vectors, step 2 → reading, step 2',
      'mask, step 2 → reading, step 2',
      'reading, step 2 → reading, step 3',
      'word vectors, step 3 → reading, step 3',
      'mask, step 3 → reading, step 3',
      'reading, step 3 → …',
      '… → reading, step 500',
      'word vectors, step 500 → reading, step 500',
      'mask, step 500 → reading, step 500',
      'reading, step 500 → judgement',
    ]);
  });

  it('counts parameters once, and gives shapes of one step', () => {
    const { nodes } = unrolled(lstm(500));
    const details = (label: string) => nodes.find((node) => plain(node.label) === label)!.details;
    expect(details('word vectors, step 1')).toEqual(['32 numbers', '160,000 parameters']);
    expect(details('word vectors, step 2')).toEqual(['32 numbers', 'the same']);
    expect(details('reading, step 500')).toEqual(['100 numbers', 'the same']);
    expect(details('words, step 3')).toEqual(['1 number']);
    expect(nodes.filter(({ ellipsis }) => ellipsis)).toHaveLength(1);
  });

  it('leaves out nothing of four steps, and names the last of an unknown number', () => {
    const labels = (length: number | null) =>
      unrolled(lstm(length))
        .nodes.filter((node) => node.layer === 'reading')
        .map((node) => plain(node.label));
    expect(labels(4)).toEqual([1, 2, 3, 4].map((step) => `reading, step ${step}`));
    expect(labels(1)).toEqual(['reading, step 1']);
    expect(labels(null).slice(3)).toEqual(['…', 'reading, last step']);
  });

  it('leaves whole what is no matter of single positions, or feeds others too', () => {
    const layers = [
      ...lstm(500).slice(0, 2),
      layer('convolution', 'conv1d', ['word vectors'], [null, 500, 64], 64),
      layer('reading', 'lstm', ['convolution'], [null, 500, 10], 9),
      layer('second', 'gru', ['reading'], [null, 10], 8),
      layer('rating', 'dense', ['second'], [null, 1], 7),
    ];
    const edges = edgesOf(unrolled(layers));
    expect(edges.slice(0, 3)).toEqual([
      'words → word vectors',
      'word vectors → convolution',
      'convolution → reading, step 1',
    ]);
    expect(edges).toContain('reading, step 500 → second, step 500');
    expect(edges.at(-1)).toBe('second, step 500 → rating');
  });

  it('is the folded graph where nothing recurs', () => {
    expect(unrolled(dotBias)).toEqual(folded(dotBias));
  });
});

describe.each<Direction>(['right', 'down'])('layOut, %s', (direction) => {
  const [along, across] = direction === 'right' ? (['x', 'y'] as const) : (['y', 'x'] as const);

  it.each([
    ['dot-bias', folded(dotBias)],
    ['mf', folded(implicit)],
    ['lstm', folded(lstm(500))],
    ['lstm unrolled', unrolled(lstm(500))],
  ])('%s: arrows go forwards, nothing lies outside or on something else', (_, graph) => {
    const { nodes, width, height } = layOut(graph, direction);
    const at = new Map(nodes.map((node) => [node.id, node]));
    for (const { from, to } of graph.edges) {
      expect(at.get(to)![along] - at.get(from)![along]).toBeGreaterThan(40);
    }
    for (const [i, { x, y }] of nodes.entries()) {
      expect(x).toBeGreaterThanOrEqual(20);
      expect(y).toBeGreaterThanOrEqual(17);
      expect(x).toBeLessThanOrEqual(width - 20);
      expect(y).toBeLessThanOrEqual(height - 17);
      for (const other of nodes.slice(i + 1)) {
        expect(Math.hypot(x - other.x, y - other.y)).toBeGreaterThan(34);
      }
    }
  });

  it('a chain stands in a line, whatever the length of its texts', () => {
    const chain = [
      layer('a', 'input', [], [null]),
      layer('a layer of a long name', 'dense', ['a'], [null, 5], 12_345_678),
      layer('c', 'dense', ['a layer of a long name'], [null]),
    ];
    const { nodes } = layOut(folded(chain), direction);
    expect(new Set(nodes.map((node) => node[across])).size).toBe(1);
  });

  it('layers side by side keep the order of the list', () => {
    for (const layers of [dotBias, lstm(500), implicit]) {
      const { nodes } = layOut(folded(layers), direction);
      const inputs = nodes.filter(({ role }) => role === 'input');
      expect(inputs[0][across]).toBeLessThanOrEqual(inputs[inputs.length - 1][across]);
    }
  });

  it('an arrow starts and ends at the rims of what it joins', () => {
    const { nodes, edges } = layOut(folded(dotBias), direction);
    const { path, head } = edges[2];
    const circle = nodes[2];
    const [x, y] = path.split(' ').slice(1, 3).map(Number);
    expect(Math.hypot(x - circle.x, y - circle.y)).toBeCloseTo(16, 0);
    expect(Math.hypot(head.x - nodes[4].x, head.y - nodes[4].y)).toBeCloseTo(17, 5);
  });
});

it('fitted goes to the right where there is room, else down', () => {
  expect(fitted(folded(dotBias), 1100).direction).toBe('right');
  const chain = Array.from({ length: 12 }, (_, i) =>
    layer(`layer ${i}`, 'dense', i ? [`layer ${i - 1}`] : [], [null, 10], 110),
  );
  expect(fitted(folded(chain), 1100).direction).toBe('down');
  expect(fitted(folded([]), 1100).nodes).toEqual([]);
});

it('inLines breaks at spaces only', () => {
  expect(inLines('implicit movie factors')).toEqual(['implicit movie', 'factors']);
  expect(inLines('bidirectionalLongShortTermMemory x')).toEqual([
    ...['bidirectionalLongShortTermMemory', 'x'],
  ]);
  expect(inLines('word vectors, step\u00a01')).toEqual(['word vectors,', 'step\u00a01']);
});

it('shapes in words', () => {
  const shapes: LayerInfo['shape'][] = [
    [null],
    [null, 50],
    [null, 500, 32],
    [null, null],
    [3, 4],
    [],
  ];
  expect(shapes.map(shapeOfOne)).toEqual([
    ...['1 number', '50 numbers', '500 × 32', 'any length', '3 × 4', '1 number'],
  ]);
  expect(shapes.map(shapeInFull)).toEqual([
    ...['batch', 'batch × 50', 'batch × 500 × 32', 'batch × any', '3 × 4', '1'],
  ]);
});

describe('modelAnswer', () => {
  it('names inputs, outputs, sizes and the largest layer', () =>
    expect(modelAnswer(dotBias)).toBe(
      'From “user” and “movie” it computes “rating” in 8 layers with 527,034 parameters; 92.3% of them are in “movie factors” (embedding).',
    ));

  it('says what training leaves as it is', () => {
    const fixed = lstm(500).map((one) =>
      one.kind === 'embedding' ? { ...one, trainable: false } : one,
    );
    expect(modelAnswer(fixed)).toBe(
      'From “words” it computes “judgement” in 5 layers with 213,301 parameters; 75.0% of them are in “word vectors” (embedding). Training leaves 75.0% of them as they are.',
    );
  });

  it('one layer, and none with parameters', () =>
    expect(modelAnswer([layer('mean', 'input', [], [null])])).toBe(
      'It has 1 layer with 0 parameters.',
    ));

  it('the graph in words', () =>
    expect(graphInWords(dotBias.slice(0, 5))).toBe(
      'user factors (embedding) takes user; movie factors (embedding) takes movie; dot product (dot product) takes user factors and movie factors.',
    ));
});

describe('readState', () => {
  const read = (search: string, recurrent = true) =>
    readState(new URLSearchParams(search), { names: ['a layer'], recurrent });

  it('takes what it can have', () =>
    expect(read('recurrence=unrolled&layer=a+layer')).toEqual({
      state: { recurrence: 'unrolled', layer: 'a layer' },
      notices: [],
    }));

  it('says what it cannot', () => {
    expect(read('recurrence=unrolled', false)).toEqual({
      state: { recurrence: 'folded' },
      notices: ['This model has no recurrent layer: there is nothing to unroll.'],
    });
    expect(read('recurrence=sideways&layer=b').notices).toEqual([
      'recurrence=sideways is not one of folded, unrolled; folded is used.',
      'layer=b is no layer of this model; none is chosen.',
    ]);
  });
});
