/**
 * Runs in a child process: a short benchmark of a rung, printed as JSON. Arguments: the rung, and the URLs of its
 * packages.
 */
import {
  gather,
  matMul,
  ones,
  square,
  sum,
  tensor1d,
  tidy,
  valueAndGrad,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { Adam } from './lesson/adam.ts';
import { owned } from './lesson/parameter.ts';
import { startRung } from './startRung.node.ts';

/** What a rung does in a second. */
export interface Benchmark {
  /** 10⁹ operations a second in products of two 512 × 512 matrices; an addition and a multiplication are two. */
  gigaflops: number;
  /** Training steps a second on a table of 1,000 × 50: 64 rows gathered, the gradient, Adam over the whole table. */
  embeddingSteps: number;
}

const SIZE = 512;
const ROWS = 1_000;
const FACTORS = 50;
const BATCH = 64;
/** Of each of the two. */
const MEASURED_MS = 1_500;
/** Launches after which the device is waited for, at most; a slow one is read after the first. */
const BETWEEN_READINGS = 8;

/** How often a second `run` is done, whose results are read now and then; the first reading warms up. */
async function perSecond(run: () => Tensor): Promise<number> {
  const reading = async (times: number) => {
    let last: Tensor | undefined;
    for (let k = 0; k < times; k++) {
      last?.dispose();
      last = run();
    }
    await last!.data();
    last!.dispose();
  };
  await reading(1);
  const start = performance.now();
  let done = 0;
  for (let times = 1; performance.now() - start < MEASURED_MS;) {
    await reading(times);
    done += times;
    times = Math.min(2 * times, BETWEEN_READINGS);
  }
  return (1000 * done) / (performance.now() - start);
}

const [rung, ...urls] = process.argv.slice(2);
await startRung(rung, urls);

const left = ones([SIZE, SIZE]) as Tensor2D;
const product = await matMul(left, left).data();
if (product.some((value) => value !== SIZE)) {
  throw new Error(`it computes the product of two matrices of ones as ${product[0]}, not ${SIZE}`);
}
const products = await perSecond(() => matMul(left, left));

const table = { values: owned(ones([ROWS, FACTORS])), l2: 1e-4 };
const adam = new Adam([table]);
const picked = tensor1d(
  Array.from({ length: BATCH }, (_, k) => (k * 131) % ROWS),
  'int32',
);
const gradient = valueAndGrad((values: Tensor) => sum(square(gather(values, picked))));
const embeddingSteps = await perSecond(() =>
  tidy(() => adam.step([gradient(table.values).grad], 0.001)),
);
const benchmark: Benchmark = { gigaflops: (2 * SIZE ** 3 * products) / 1e9, embeddingSteps };
console.log(JSON.stringify(benchmark));
// What WebGPU leaves running would keep the process from ending.
process.exit(0);
