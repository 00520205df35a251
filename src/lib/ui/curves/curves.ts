import type { Epoch, Manifest } from '../../run/types.ts';

/** One line of a chart. */
export interface Curve {
  key: string;
  label: string;
  /** Which of the eight data colours, from 1. */
  colour: number;
  dashed: boolean;
  points: { x: number; y: number }[];
}

const pointsOf = (epochs: Epoch[], value: (epoch: Epoch) => number | undefined) =>
  epochs.flatMap((epoch) => {
    const y = value(epoch);
    return y === undefined || !Number.isFinite(y) ? [] : [{ x: epoch.epoch, y }];
  });

/** Names of what the curves of a run can show: `loss`, then its metrics by epoch. */
export function measuresOf(manifest: Manifest): string[] {
  const names = manifest.training.curves.flatMap((epoch) => Object.keys(epoch.metrics ?? {}));
  return ['loss', ...new Set(names)];
}

/**
 * The curves of one run: for `loss` training (dashed) and validation, else the metric of that name.
 *
 * @param prefix put before the labels, where several runs share a chart
 */
export function curvesOf(
  manifest: Manifest,
  measure: string,
  {
    prefix = '',
    colours = [2, 1],
  }: { prefix?: string; colours?: [train: number, validation: number] } = {},
): Curve[] {
  const epochs = manifest.training.curves;
  const curve = (
    name: string,
    colour: number,
    dashed: boolean,
    points: Curve['points'],
  ): Curve => ({
    key: `${prefix}${name}`,
    label: prefix ? `${prefix}, ${name}` : name,
    colour,
    dashed,
    points,
  });
  const curves =
    measure === 'loss'
      ? [
          curve(
            'training',
            colours[0],
            true,
            pointsOf(epochs, (epoch) => epoch.trainLoss),
          ),
          curve(
            'validation',
            colours[1],
            false,
            pointsOf(epochs, (epoch) => epoch.validationLoss),
          ),
        ]
      : [
          curve(
            measure,
            colours[1],
            false,
            pointsOf(epochs, (epoch) => epoch.metrics?.[measure]),
          ),
        ];
  return curves.filter(({ points }) => points.length > 0);
}

/** The curves on one x axis, as uPlot takes them: x ascending, then a row of values for each curve. */
export function aligned(curves: Curve[]): { xs: number[]; rows: (number | null)[][] } {
  const xs = [...new Set(curves.flatMap(({ points }) => points.map(({ x }) => x)))].sort(
    (a, b) => a - b,
  );
  const rows = curves.map(({ points }) => {
    const values = new Map(points.map(({ x, y }) => [x, y]));
    return xs.map((x) => values.get(x) ?? null);
  });
  return { xs, rows };
}

/** The lowest point of a curve. */
export function lowest({ points }: Curve): { x: number; y: number } | undefined {
  return points.reduce<{ x: number; y: number } | undefined>(
    (best, point) => (best === undefined || point.y < best.y ? point : best),
    undefined,
  );
}
