import type { LayerInfo } from '../../run/types.ts';
import { formatCount, formatPlural } from '../format.ts';
import { nameInWords } from '../run/words.ts';

/** Where a node stands: it takes from nothing, gives to nothing, or both takes and gives. */
export type Role = 'input' | 'hidden' | 'output';

export interface GraphNode {
  id: string;
  /** The name of the layer that it is, or is one step of. */
  layer: string;
  role: Role;
  label: string;
  /** What stands under the label: the shape of what it gives out, and its parameters where it has any. */
  details: string[];
  /** Drawn with a loop: it takes from itself at the step before. */
  loop: boolean;
  /** Stands for the steps that are left out. */
  ellipsis: boolean;
}

export interface GraphEdge {
  from: string;
  to: string;
  /** `input`: from an input; `output`: to an output, wherever from; `hidden`: between the others. */
  flow: Role;
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

const recurrent = /^(bidirectional|simple)?(lstm|gru|rnn)$/i;
/** Layers that do to each position of a sequence the same, and nothing across positions. */
const stepwise = new Set(['input', 'embedding', 'dropout', 'spatialDropout1d', 'mask']);
const shownSteps = 3;

/** Whether a kind of layer goes through a sequence and takes from itself at the step before. */
export function isRecurrent({ kind }: Pick<LayerInfo, 'kind'>): boolean {
  return recurrent.test(kind);
}

/** The layers as a graph with a node each; recurrent ones have a loop. */
export function folded(layers: readonly LayerInfo[]): Graph {
  const nodes = layers.map((layer) => ({
    ...{ id: layer.name, layer: layer.name, label: layer.name, loop: isRecurrent(layer) },
    ...{ details: [shapeOfOne(layer.shape), ...parametersOf(layer)], ellipsis: false },
  }));
  const edges = layers.flatMap(({ name, inputs }) => inputs.map((from) => ({ from, to: name })));
  return withRoles(nodes, edges);
}

/**
 * The layers as a graph in which recurrent ones have a node for each of a few steps: the first three, one that stands
 * for those left out, and the last. Layers that feed nothing else and treat each position alike are unrolled with them.
 */
export function unrolled(layers: readonly LayerInfo[]): Graph {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const names = unrolledNames(layers);
  const steps = stepsOf(layers, byName);
  const last = steps[steps.length - 1];
  const nodes: Omit<GraphNode, 'role'>[] = [];
  const edges: Omit<GraphEdge, 'flow'>[] = [];
  const idOf = (name: string, step: string) => JSON.stringify([name, step]);

  for (const layer of layers) {
    const { name, inputs, shape } = layer;
    if (!names.has(name)) {
      const details = [shapeOfOne(shape), ...parametersOf(layer)];
      nodes.push({ id: name, layer: name, label: name, details, loop: false, ellipsis: false });
      for (const from of inputs) {
        const source = byName.get(from);
        if (!source || !names.has(from)) edges.push({ from, to: name });
        else if (source.shape.length <= 2) edges.push({ from: idOf(from, last), to: name });
        else for (const step of steps) edges.push({ from: idOf(from, step), to: name });
      }
      continue;
    }
    const recurs = isRecurrent(layer);
    let before: string | undefined;
    for (const step of steps) {
      const ellipsis = step === '…';
      if (ellipsis && !recurs) continue;
      const id = idOf(name, step);
      nodes.push({
        ...{ id, layer: name, ellipsis, loop: false },
        label: ellipsis ? '…' : `${name}, ${step}`,
        details: ellipsis
          ? []
          : [
              shapeOfOne(recurs && shape.length <= 2 ? shape : withoutSteps(shape)),
              ...(step === steps[0] ? parametersOf(layer) : layer.parameters ? ['the same'] : []),
            ],
      });
      if (before !== undefined) edges.push({ from: before, to: id });
      before = recurs ? id : undefined;
      if (ellipsis) continue;
      for (const from of inputs)
        edges.push({ from: names.has(from) ? idOf(from, step) : from, to: id });
    }
  }
  const known = new Set(nodes.map(({ id }) => id));
  return withRoles(
    nodes,
    edges.filter(({ from }) => known.has(from)),
  );
}

/** Recurrent layers, and those before them that can be drawn step by step. */
function unrolledNames(layers: readonly LayerInfo[]): Set<string> {
  const names = new Set(layers.filter(isRecurrent).map(({ name }) => name));
  for (const layer of [...layers].reverse()) {
    const takers = layers.filter(({ inputs }) => inputs.includes(layer.name));
    const isSequence = layer.shape.length >= 2;
    if (!isSequence || takers.length === 0 || !stepwise.has(layer.kind)) continue;
    if (takers.every(({ name }) => names.has(name))) names.add(layer.name);
  }
  return names;
}

function stepsOf(layers: readonly LayerInfo[], byName: Map<string, LayerInfo>): string[] {
  const first = layers.find(isRecurrent);
  const length = byName.get(first?.inputs[0] ?? '')?.shape[1];
  // No break between them in a label of several lines.
  const named = (step: number) => `step\u00a0${step}`;
  const count = typeof length === 'number' && length <= shownSteps + 1 ? length : shownSteps;
  const steps = Array.from({ length: count }, (_, i) => named(i + 1));
  if (length === count) return steps;
  return [...steps, '…', typeof length === 'number' ? named(length) : 'last\u00a0step'];
}

function withRoles(nodes: Omit<GraphNode, 'role'>[], edges: Omit<GraphEdge, 'flow'>[]): Graph {
  const takers = new Set(edges.map(({ to }) => to));
  const givers = new Set(edges.map(({ from }) => from));
  const roleOf = (id: string): Role =>
    !takers.has(id) ? 'input' : !givers.has(id) ? 'output' : 'hidden';
  return {
    nodes: nodes.map((node) => ({ ...node, role: roleOf(node.id) })),
    edges: edges.map((edge) => {
      const to = roleOf(edge.to);
      return { ...edge, flow: to === 'output' ? to : roleOf(edge.from) };
    }),
  };
}

function parametersOf({ parameters }: LayerInfo): string[] {
  return parameters === 0 ? [] : [formatPlural(parameters, 'parameter')];
}

const kinds: Record<string, string> = {
  conv1d: 'convolution',
  'max-pool': 'max pooling',
  'batch-norm': 'batch normalisation',
  maxPool1d: 'max pooling',
  globalMaxPool1d: 'global max pooling',
  spatialDropout1d: 'spatial dropout',
  dot: 'dot product',
  add: 'sum',
  lstm: 'LSTM',
  gru: 'GRU',
  rnn: 'recurrent',
  simpleRnn: 'recurrent',
};

/** What one calls a kind of layer; its name in words where nobody has given it one. */
export function kindInWords(kind: string): string {
  return Object.hasOwn(kinds, kind) ? kinds[kind] : nameInWords(kind);
}

/** The shape that one sample has: `500 × 50`, `50 numbers`, `any length`. */
export function shapeOfOne(shape: readonly (number | null)[]): string {
  const [first, ...rest] = shape;
  const one = first === null ? rest : shape;
  if (one.length === 0) return '1 number';
  if (one.length > 1) return inFull(one);
  return one[0] === null ? 'any length' : formatPlural(one[0], 'number');
}

const inFull = (shape: readonly (number | null)[]) =>
  shape.map((length) => (length === null ? 'any' : formatCount(length))).join(' × ');

/** The shape with its batch: `batch × 500 × 50`. */
export function shapeInFull(shape: readonly (number | null)[]): string {
  const [first, ...rest] = shape;
  if (first !== null) return shape.length === 0 ? '1' : inFull(shape);
  return rest.length === 0 ? 'batch' : `batch × ${inFull(rest)}`;
}

function withoutSteps(shape: readonly (number | null)[]): (number | null)[] {
  return shape.filter((_, i) => i !== 1);
}
