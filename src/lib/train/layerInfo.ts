import type { LayerInfo } from '../run/types.ts';

/** A table with one row for each of what it is indexed by. */
export function table(name: string, input: string, rows: number, columns: number): LayerInfo {
  return {
    name,
    kind: 'embedding',
    inputs: [input],
    shape: [null, columns],
    parameters: rows * columns,
    settings: { rows },
  };
}

/** A part that computes without numbers of its own unless `rest` has some. */
export function part(
  name: string,
  kind: string,
  inputs: string[],
  columns: number,
  rest: Partial<LayerInfo> = {},
): LayerInfo {
  return { name, kind, inputs, shape: [null, columns], parameters: 0, ...rest };
}
