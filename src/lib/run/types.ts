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

/** A part of a model, as a page draws it. */
export interface LayerInfo {
  name: string;
  /** What it does, e.g. `embedding`, `convolution`, `dense`, `dropout`. */
  kind: string;
  /** The names of the layers, or of the inputs of the model, that it takes. */
  inputs: string[];
  /** Of what it gives; null is the size of a batch. */
  shape: (number | null)[];
  /** How many numbers it holds. */
  parameters: number;
  settings?: Record<string, number | string | boolean>;
  /** Whether training moves its parameters at the end; absent when it does, or when there are none. */
  trainable?: boolean;
}

export interface ModelInfo {
  /** The name that `--model` takes, e.g. `mf`. */
  name: string;
  /** One sentence that says what the model computes. */
  description?: string;
  hyperparameters: Record<string, number | string | boolean | (number | string)[]>;
  seed: number;
  /** In the order of computing; absent when the run does not say. */
  layers?: LayerInfo[];
  /** The mean that biases are measured from; null when the model has none, absent when the run does not say. */
  globalMean?: number | null;
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

/** A run in memory. */
export interface Run {
  manifest: Manifest;
  items: Items;
}
