import type { Matrix } from '../math/matrix.ts';

/** The newest version of the run format that this program reads and writes. */
export const SCHEMA_VERSION = 1;

export type RunKind = 'movies' | 'words' | 'items';

/** One epoch of training. Losses and metrics are on the scale that `Training.loss` and `metrics` name. */
export interface Epoch {
  epoch: number;
  learningRate?: number;
  /** Mean loss over the training part, penalties included where the model has any. */
  trainLoss: number;
  /** Mean loss over the validation part, without penalties. */
  validationLoss?: number;
  metrics?: Record<string, number>;
  seconds?: number;
}

export interface DatasetInfo {
  name: string;
  release: string;
  url: string;
  /** SHA-256 of the file that was read, hexadecimal. */
  sha256: string;
  licence: string;
  citation: string;
  /** What was read, e.g. `{ ratings: 100836, users: 610, movies: 9724 }`. */
  counts?: Record<string, number>;
}

/** One layer of a model's computational graph. */
export interface LayerInfo {
  /** No two layers of a model have the same. */
  name: string;
  /**
   * What it does: `input`, `embedding`, `dropout`, `flatten`, `conv1d`, `maxPool1d`, `concatenate`, `dense`, `lstm`,
   * `mask`, `dot`, `add`, `batchNormalisation`, `sigmoid` ... A kind that a reader does not know is a layer like others.
   */
  kind: string;
  /** Names of layers that stand earlier in the list, in the order in which they are taken; none for an input. */
  inputs: string[];
  /** Of what it gives out; null where the length changes from batch to batch or from sample to sample. */
  shape: (number | null)[];
  /** How many numbers it holds, moving averages and what is fixed included. */
  parameters: number;
  /** What it was made with, e.g. `{ activation: 'relu' }`. */
  settings?: Record<string, number | string | boolean>;
  /** false when training leaves its parameters as they are. */
  trainable?: boolean;
}

export interface ModelInfo {
  /** The name that `--model` takes, e.g. `mf`. */
  name: string;
  /** One sentence that says what the model computes. */
  description?: string;
  hyperparameters: Record<string, number | string | boolean | (number | string)[]>;
  seed: number;
  /** The mean that biases are measured from; null when the model has none, absent when the run does not say. */
  globalMean?: number | null;
  /** The computational graph, each layer after those that it takes from; absent when the run does not say. */
  layers?: LayerInfo[];
}

export interface TrainingInfo {
  /** The rung that computed it: `wasm`, `webgpu`, `cuda`, `kernel` (our sparse SIMD kernel) or `javascript`. */
  backend: string;
  /** The processor or adapter, as it names itself. */
  device: string;
  /** Why a higher rung was not taken, e.g. `{ cuda: 'tfjs-node-gpu is not installed' }`. */
  passedOver?: Record<string, string>;
  seconds: number;
  samplesPerSecond?: number;
  /** What `trainLoss` and `validationLoss` are, e.g. `mean squared error`. */
  loss: string;
  software: Record<string, string>;
  curves: Epoch[];
}

export interface FileInfo {
  bytes: number;
  /** Hexadecimal. */
  sha256: string;
}

export interface MapInfo {
  name: string;
  method: string;
  parameters: Record<string, number | string | boolean>;
  seed: number;
  /** How many items it places: the first `of` rows. */
  of: number;
  quality: Record<string, number>;
}

/** `run.json`. Unknown fields are kept when a manifest is read and written again. */
export interface Manifest {
  schemaVersion: number;
  /** The folder's name: lower-case letters, digits, `-`, `_` and `.`. */
  id: string;
  title: string;
  kind: RunKind;
  dimensions: number;
  count: number;
  /** What the items' counts count; by default ratings of movies and occurrences of words. With `unknown` all are 0. */
  countOf?: 'ratings' | 'occurrences' | 'unknown';
  /** ISO 8601, UTC. */
  created: string;
  dataset: DatasetInfo;
  model: ModelInfo;
  training: TrainingInfo;
  /** Final figures by name, e.g. `{ mse: 0.75, rmse: 0.866 }`; `split` says what they were measured on. */
  metrics: { split: string; values: Record<string, number> };
  files: Record<string, FileInfo>;
  maps: MapInfo[];
}

/** A column of metadata. A missing number is NaN, a missing text null, missing tags an empty list. */
export type Column =
  | {
      kind: 'number';
      storage: 'uint8' | 'uint16' | 'uint32' | 'int32' | 'float32' | 'float64';
      values: Float64Array;
    }
  | { kind: 'text'; values: (string | null)[] }
  | { kind: 'tags'; values: string[][] };

/** The rows of `items.arrow`, sorted by `counts`, descending; row i is the same item in every field. */
export interface Items {
  ids: string[];
  /** Not unique: two films can share a title. */
  labels: string[];
  /** Ratings or occurrences. */
  counts: Uint32Array;
  bias?: Float32Array;
  /** Metadata by name: `year`, `genres`, `mean`, `polarity` ... */
  columns: Record<string, Column>;
  /** count × dimensions */
  vectors: Matrix;
}

/** A map: places in the plane for the first `info.of` items. */
export interface RunMap {
  info: MapInfo;
  /** 2 × `info.of` finite numbers: x and y of row i at 2i and 2i + 1. */
  points: Float32Array;
}

/** A run in memory. */
export interface Run {
  manifest: Manifest;
  items: Items;
  /** In the order of `manifest.maps`. */
  maps: RunMap[];
}
