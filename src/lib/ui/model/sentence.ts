import type { LayerInfo } from '../../run/types.ts';
import { formatPercent, formatPlural } from '../format.ts';
import { kindInWords } from './graph.ts';

/** What the layers are in all. */
export interface Summary {
  inputs: LayerInfo[];
  outputs: LayerInfo[];
  parameters: number;
  /** Of `parameters`, those that training leaves as they are. */
  fixed: number;
  /** The layer with most of them; undefined when there are none at all. */
  largest?: LayerInfo;
}

export function summarise(layers: readonly LayerInfo[]): Summary {
  const taken = new Set(layers.flatMap(({ inputs }) => inputs));
  const sum = (some: readonly LayerInfo[]) =>
    some.reduce((total, { parameters }) => total + parameters, 0);
  const parameters = sum(layers);
  const largest = layers.reduce<LayerInfo | undefined>(
    (most, layer) => (layer.parameters > (most?.parameters ?? 0) ? layer : most),
    undefined,
  );
  return {
    inputs: layers.filter(({ inputs }) => inputs.length === 0),
    outputs: layers.filter(({ name, inputs }) => inputs.length > 0 && !taken.has(name)),
    parameters,
    fixed: sum(layers.filter(({ trainable }) => trainable === false)),
    ...(largest && { largest }),
  };
}

/** `a, b and c` */
function listed(names: readonly string[]): string {
  if (names.length <= 1) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}

const quoted = (layers: readonly LayerInfo[]) => listed(layers.map(({ name }) => `“${name}”`));

/** What it goes from and to, by how much, and where most of its parameters are. */
export function modelAnswer(layers: readonly LayerInfo[]): string {
  const { inputs, outputs, parameters, fixed, largest } = summarise(layers);
  const way =
    inputs.length > 0 && outputs.length > 0
      ? `From ${quoted(inputs)} it computes ${quoted(outputs)} in`
      : 'It has';
  const size = `${formatPlural(layers.length, 'layer')} with ${formatPlural(parameters, 'parameter')}`;
  const where = largest
    ? `; ${formatPercent(largest.parameters / parameters)} of them are in “${largest.name}” (${kindInWords(largest.kind)})`
    : '';
  const still =
    fixed > 0 ? ` Training leaves ${formatPercent(fixed / parameters)} of them as they are.` : '';
  return `${way} ${size}${where}.${still}`;
}

/** The graph in words, a clause for each layer that takes from others. */
export function graphInWords(layers: readonly LayerInfo[]): string {
  const clauses = layers
    .filter(({ inputs }) => inputs.length > 0)
    .map(({ name, kind, inputs }) => `${name} (${kindInWords(kind)}) takes ${listed(inputs)}`);
  return clauses.length > 0 ? `${clauses.join('; ')}.` : 'No layer takes from another.';
}
