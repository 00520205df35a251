import {
  add,
  cast,
  equal,
  gather,
  greater,
  keep,
  mean,
  mul,
  reshape,
  scalar,
  softplus,
  sub,
  sum,
  tensor,
  tensor1d,
  tensor2d,
  tidy,
  unsortedSegmentSum,
  valueAndGrads,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { LayerInfo } from '../../../run/types.ts';
import { Adam } from '../../lesson/adam.ts';
import type { BatchNorm } from '../../lesson/nn.ts';
import { owned, type Parameter } from '../../lesson/parameter.ts';
import { Dropout } from '../dropout.ts';
import type { Layer } from '../layer.ts';
import type { Judged, Net } from '../net.ts';
import type { Sequences } from '../sequences.ts';
import type { TrainableNet } from '../trainer.ts';
import { compute, normOf, stateOf } from './graph.ts';
import { blockMask, Masks, type Place } from './masks.ts';

/** After so many batches the sums are read, for which the device has to be waited for. */
const BATCHES_BETWEEN_SUMS = 16;

/** What is known of a layer of the net that this one is made from. */
interface Part {
  info: LayerInfo;
  layer: Layer | undefined;
  parameters: Parameter[];
  norm: BatchNorm | undefined;
  /** Its place among the masks. */
  place: number | undefined;
}

/**
 * A net as operations of tfjs, for backends on a graphics card. It is made from a `Net`, whose layers it computes
 * with the same start, the same dropout and the same Adam, so that both learn the same but for rounding.
 */
export class TensorNet implements TrainableNet {
  readonly batchesBetweenSums = BATCHES_BETWEEN_SUMS;
  private readonly parts: Part[];
  private readonly parameters: Parameter[];
  private readonly table: Parameter;
  private readonly adam: Adam;
  private isFrozen = false;
  private sums = emptySums();

  private constructor(
    private readonly net: Net,
    private readonly masks: Masks,
    places: Map<Layer, number>,
  ) {
    const layers = new Map(net.parts.map((layer) => [layer.info.name, layer]));
    this.parts = net.layers.map((info) => {
      const layer = layers.get(info.name);
      const parameters = (layer?.parameters ?? []).map((parameter) => {
        const numbers = net.numbers(parameter, 'values').slice();
        const shape =
          layer === net.embedding ? [net.embedding.vocabulary, info.shape.at(-1)!] : undefined;
        return { values: owned(tensor(numbers, shape)), l2: 0 };
      });
      return { info, layer, parameters, norm: normOf(info), place: layer && places.get(layer) };
    });
    this.table = this.parts.find(({ layer }) => layer === net.embedding)!.parameters[0];
    this.parameters = this.parts.flatMap(({ parameters }) => parameters);
    this.adam = new Adam(this.parameters);
  }

  /**
   * @param net of any batch size, from which the start is taken
   * @param batch the largest that is trained on
   */
  static async from(net: Net, batch: number): Promise<TensorNet> {
    const dropping = net.parts.filter(({ zeros }) => zeros !== undefined && zeros.share > 0);
    const places = dropping.map((layer): Place => {
      const { zeros } = layer;
      const stride = layer instanceof Dropout ? layer.block.stride : undefined;
      return {
        share: zeros!.share,
        state: net.stateOf(zeros!),
        count: (reviews) => (stride === undefined ? net.embedding.vocabulary : reviews * stride),
      };
    });
    const masks = await Masks.create(places, batch);
    return new TensorNet(net, masks, new Map(dropping.map((layer, i) => [layer, i])));
  }

  get layers(): LayerInfo[] {
    return this.net.layers;
  }

  freezeEmbedding(isFrozen: boolean): void {
    this.isFrozen = isFrozen;
    this.net.freezeEmbedding(isFrozen);
  }

  train(data: Sequences, reviews: Uint32Array, learningRate: number): void {
    tidy(() => {
      const { gradients, loss, right } = this.gradients(data, reviews);
      this.adam.step(gradients, learningRate);
      this.count(loss, right, reviews.length);
    });
  }

  /**
   * The mean loss of a batch, how many labels were told, and the gradient of each parameter in the order of the
   * layers, undefined for a table that is frozen. Outside of a tidy all of them have to be disposed of.
   */
  gradients(data: Sequences, reviews: Uint32Array) {
    return tidy(() => {
      const { words, labels } = batchOf(data, reviews);
      const ids = reshape(words, [words.size]) as Tensor1D;
      const learnt = this.parameters.filter(({ values }) => values !== this.table.values);
      let right: Scalar | undefined;
      const mean = valueAndGrads((rows: Tensor, ...weights: Tensor[]) => {
        const values = new Map(learnt.map((parameter, i) => [parameter, weights[i]]));
        const scores = this.scores(words, ids, rows, values, true);
        right = keep(told(scores, labels));
        return logLoss(scores, labels);
      });
      const rows = gather(this.table.values, ids);
      const { value, grads } = mean([rows, ...learnt.map(({ values }) => values as Tensor)]);
      const [rowGradient, ...others] = grads;
      const byWeight = new Map(learnt.map((parameter, i) => [parameter, others[i]]));
      const gradients = this.parameters.map((parameter) => {
        if (parameter !== this.table) return byWeight.get(parameter)!;
        if (this.isFrozen) return undefined;
        return unsortedSegmentSum(rowGradient, ids, this.table.values.shape[0]);
      });
      const counted = add(right!, 0) as Scalar;
      right!.dispose();
      return { loss: value as Scalar, right: counted, gradients };
    });
  }

  judge(data: Sequences, reviews: Uint32Array): void {
    tidy(() => {
      const { words, labels } = batchOf(data, reviews);
      const ids = reshape(words, [words.size]) as Tensor1D;
      const values = new Map(this.parameters.map((parameter) => [parameter, parameter.values]));
      const scores = this.scores(words, ids, gather(this.table.values, ids), values, false);
      this.count(logLoss(scores, labels), told(scores, labels), reviews.length);
    });
  }

  async judged(): Promise<Judged> {
    const { loss, right } = this.sums;
    this.sums = emptySums();
    const both = { loss: (await loss.data())[0], right: (await right.data())[0] };
    loss.dispose();
    right.dispose();
    return both;
  }

  async readTable(): Promise<Float32Array> {
    return this.table.values.data<'float32'>();
  }

  dispose(): void {
    this.adam.dispose();
    for (const { values } of this.parameters) values.dispose();
    for (const { norm } of this.parts) for (const values of stateOf(norm)) values.dispose();
    this.sums.loss.dispose();
    this.sums.right.dispose();
  }

  /** Log odds, one a review. */
  private scores(
    words: Tensor2D,
    ids: Tensor1D,
    rows: Tensor,
    values: Map<Parameter, Tensor>,
    isTraining: boolean,
  ): Tensor1D {
    const batch = words.shape[0];
    const given = new Map<string, Tensor>();
    let last: Tensor = rows;
    for (const { info, layer, parameters, norm, place } of this.parts) {
      if (info.kind === 'input') continue;
      const mask = () => (place === undefined ? undefined : this.masks.draw(place, batch));
      if (info.kind === 'embedding') {
        const scales = isTraining ? mask() : undefined;
        const dropped = scales
          ? mul(rows, reshape(gather(tensor1d(scales), ids), [ids.size, 1]))
          : rows;
        last = reshape(dropped, [...words.shape, dropped.size / words.size]);
      } else {
        const inputs = info.inputs.map((name) => given.get(name)!);
        last = compute(info, inputs, {
          weights: parameters.map((parameter) => values.get(parameter)!),
          isTraining,
          words,
          norm,
          mask() {
            const drawn = mask();
            return drawn && blockMask(drawn, (layer as Dropout).block);
          },
        });
      }
      given.set(info.name, last);
    }
    return reshape(last, [batch]) as Tensor1D;
  }

  private count(loss: Scalar, right: Scalar, reviews: number): void {
    const before = this.sums;
    this.sums = {
      loss: keep(add(before.loss, mul(loss, reviews)) as Scalar),
      right: keep(add(before.right, right) as Scalar),
    };
    before.loss.dispose();
    before.right.dispose();
  }
}

/** Over the batches since they were last read. */
function emptySums(): { loss: Scalar; right: Scalar } {
  return { loss: scalar(0), right: scalar(0) };
}

function batchOf({ ids, length, labels }: Sequences, reviews: Uint32Array) {
  const words = new Int32Array(reviews.length * length);
  reviews.forEach((review, b) => {
    words.set(ids.subarray(review * length, (review + 1) * length), b * length);
  });
  return {
    words: tensor2d(words, [reviews.length, length], 'int32'),
    labels: tensor1d(Float32Array.from(reviews, (review) => labels[review])),
  };
}

/** The mean over the batch of log(1 + exp(score)) − label · score. */
function logLoss(scores: Tensor1D, labels: Tensor1D): Scalar {
  return mean(sub(softplus(scores), mul(scores, labels)));
}

function told(scores: Tensor1D, labels: Tensor1D): Scalar {
  const isRight = equal(cast(greater(scores, 0), 'float32'), labels);
  return sum(cast(isRight, 'float32'));
}
