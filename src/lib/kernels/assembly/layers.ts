// What the layers of a net do beside products of matrices, AssemblyScript with SIMD. Meaning, arguments and memory
// layout: ../layers.ts, whose plain JavaScript twin does the same operations in the same order.

export function gatherRows(
  ids: usize,
  count: i32,
  table: usize,
  columns: i32,
  scales: usize,
  out: usize,
): void {
  const bytes = (<usize>columns) << 2;
  const whole: usize = (<usize>(columns & ~3)) << 2;
  for (let i = 0; i < count; i++) {
    const id = <usize>load<u32>(ids + ((<usize>i) << 2));
    const from = table + id * bytes;
    const scale: f32 = load<f32>(scales + (id << 2));
    const scale4 = f32x4.splat(scale);
    let j: usize = 0;
    for (; j < whole; j += 16) v128.store(out + j, f32x4.mul(v128.load(from + j), scale4));
    for (; j < bytes; j += 4) store<f32>(out + j, load<f32>(from + j) * scale);
    out += bytes;
  }
}

export function scatterRows(
  ids: usize,
  count: i32,
  gradient: usize,
  columns: i32,
  scales: usize,
  table: usize,
): void {
  const bytes = (<usize>columns) << 2;
  const whole: usize = (<usize>(columns & ~3)) << 2;
  for (let i = 0; i < count; i++) {
    const id = <usize>load<u32>(ids + ((<usize>i) << 2));
    const to = table + id * bytes;
    const scale: f32 = load<f32>(scales + (id << 2));
    const scale4 = f32x4.splat(scale);
    let j: usize = 0;
    for (; j < whole; j += 16) {
      v128.store(to + j, f32x4.add(v128.load(to + j), f32x4.mul(v128.load(gradient + j), scale4)));
    }
    for (; j < bytes; j += 4) {
      store<f32>(to + j, load<f32>(to + j) + load<f32>(gradient + j) * scale);
    }
    gradient += bytes;
  }
}

export function dropout(values: usize, count: i32, below: u32, scale: f32, state: usize): void {
  let x = v128.load(state);
  let y = v128.load(state, 16);
  let z = v128.load(state, 32);
  let w = v128.load(state, 48);
  const below4 = i32x4.splat(below);
  const scale4 = f32x4.splat(scale);
  const end = values + ((<usize>((count + 3) & ~3)) << 2);
  for (; values < end; values += 16) {
    const t = v128.xor(x, i32x4.shl(x, 11));
    x = y;
    y = z;
    z = w;
    w = v128.xor(v128.xor(w, i32x4.shr_u(w, 19)), v128.xor(t, i32x4.shr_u(t, 8)));
    const kept = v128.ge<u32>(w, below4);
    v128.store(values, v128.and(f32x4.mul(v128.load(values), scale4), kept));
  }
  v128.store(state, x);
  v128.store(state, y, 16);
  v128.store(state, z, 32);
  v128.store(state, w, 48);
}

export function addBias(values: usize, rows: i32, columns: i32, bias: usize, relu: i32): void {
  const bytes = (<usize>columns) << 2;
  const whole: usize = (<usize>(columns & ~3)) << 2;
  const least: f32 = relu != 0 ? 0 : -Infinity;
  const least4 = f32x4.splat(least);
  for (let i = 0; i < rows; i++) {
    let j: usize = 0;
    for (; j < whole; j += 16) {
      const sum = f32x4.add(v128.load(values + j), v128.load(bias + j));
      v128.store(values + j, f32x4.max(sum, least4));
    }
    for (; j < bytes; j += 4) {
      store<f32>(values + j, max(load<f32>(values + j) + load<f32>(bias + j), least));
    }
    values += bytes;
  }
}

export function reluGradient(values: usize, gradient: usize, count: i32): void {
  const zero = f32x4.splat(0);
  const end = gradient + ((<usize>((count + 3) & ~3)) << 2);
  for (; gradient < end; gradient += 16) {
    const passes = f32x4.gt(v128.load(values), zero);
    v128.store(gradient, v128.and(v128.load(gradient), passes));
    values += 16;
  }
}

export function addColumns(values: usize, rows: i32, columns: i32, sums: usize): void {
  const bytes = (<usize>columns) << 2;
  const whole: usize = (<usize>(columns & ~3)) << 2;
  for (let i = 0; i < rows; i++) {
    let j: usize = 0;
    for (; j < whole; j += 16) {
      v128.store(sums + j, f32x4.add(v128.load(sums + j), v128.load(values + j)));
    }
    for (; j < bytes; j += 4) store<f32>(sums + j, load<f32>(sums + j) + load<f32>(values + j));
    values += bytes;
  }
}

export function maxPairs(values: usize, pairs: i32, columns: i32, out: usize): void {
  const bytes = (<usize>columns) << 2;
  const whole: usize = (<usize>(columns & ~3)) << 2;
  for (let i = 0; i < pairs; i++) {
    const second = values + bytes;
    let j: usize = 0;
    for (; j < whole; j += 16) {
      v128.store(out + j, f32x4.max(v128.load(values + j), v128.load(second + j)));
    }
    for (; j < bytes; j += 4) {
      store<f32>(out + j, max(load<f32>(values + j), load<f32>(second + j)));
    }
    values = second + bytes;
    out += bytes;
  }
}

export function maxPairsGradient(
  values: usize,
  pairs: i32,
  columns: i32,
  outGradient: usize,
  gradient: usize,
): void {
  const bytes = (<usize>columns) << 2;
  const whole: usize = (<usize>(columns & ~3)) << 2;
  for (let i = 0; i < pairs; i++) {
    const second = values + bytes;
    const secondGradient = gradient + bytes;
    let j: usize = 0;
    for (; j < whole; j += 16) {
      const isFirst = f32x4.ge(v128.load(values + j), v128.load(second + j));
      const g = v128.load(outGradient + j);
      v128.store(gradient + j, v128.and(g, isFirst));
      v128.store(secondGradient + j, v128.andnot(g, isFirst));
    }
    for (; j < bytes; j += 4) {
      const isFirst = load<f32>(values + j) >= load<f32>(second + j);
      const g = load<f32>(outGradient + j);
      store<f32>(gradient + j, isFirst ? g : 0);
      store<f32>(secondGradient + j, isFirst ? 0 : g);
    }
    values = second + bytes;
    outGradient += bytes;
    gradient = secondGradient + bytes;
  }
}

/** e^x for x in [−80, 0]. */
function exponential(x: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504)));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(0.000212194442)));
  let p = f32x4.splat(0.0001984127);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.0013888889));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.0083333333));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.041666667));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.16666667));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.5));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

function tanh4(x: v128): v128 {
  const one = f32x4.splat(1);
  const e = exponential(f32x4.max(f32x4.mul(f32x4.abs(x), f32x4.splat(-2)), f32x4.splat(-80)));
  const size = f32x4.div(f32x4.sub(one, e), f32x4.add(one, e));
  return v128.bitselect(x, size, i32x4.splat(0x80000000));
}

function hardSigmoid(x: v128): v128 {
  const line = f32x4.add(f32x4.mul(x, f32x4.splat(0.2)), f32x4.splat(0.5));
  return f32x4.min(f32x4.max(line, f32x4.splat(0)), f32x4.splat(1));
}

export function lstmStep(
  ids: usize,
  batch: i32,
  units: i32,
  gates: usize,
  cellsBefore: usize,
  hiddenBefore: usize,
  cells: usize,
  squashed: usize,
  hidden: usize,
): void {
  const bytes = (<usize>units) << 2;
  for (let b = 0; b < batch; b++) {
    if (load<u32>(ids + ((<usize>b) << 2)) == 0) {
      memory.copy(cells, cellsBefore, bytes);
      memory.copy(hidden, hiddenBefore, bytes);
    } else {
      for (let j: usize = 0; j < bytes; j += 16) {
        const at = gates + j;
        const input = hardSigmoid(v128.load(at));
        const forget = hardSigmoid(v128.load(at + bytes));
        const fresh = tanh4(v128.load(at + 2 * bytes));
        const output = hardSigmoid(v128.load(at + 3 * bytes));
        const cell = f32x4.add(
          f32x4.mul(forget, v128.load(cellsBefore + j)),
          f32x4.mul(input, fresh),
        );
        const flat = tanh4(cell);
        v128.store(at, input);
        v128.store(at + bytes, forget);
        v128.store(at + 2 * bytes, fresh);
        v128.store(at + 3 * bytes, output);
        v128.store(cells + j, cell);
        v128.store(squashed + j, flat);
        v128.store(hidden + j, f32x4.mul(output, flat));
      }
    }
    gates += 4 * bytes;
    cellsBefore += bytes;
    hiddenBefore += bytes;
    cells += bytes;
    squashed += bytes;
    hidden += bytes;
  }
}

/** The slope of the hard sigmoid where it has the value given. */
function hardSlope(value: v128): v128 {
  const inside = v128.and(f32x4.gt(value, f32x4.splat(0)), f32x4.lt(value, f32x4.splat(1)));
  return v128.and(f32x4.splat(0.2), inside);
}

export function lstmStepGradient(
  ids: usize,
  batch: i32,
  units: i32,
  gates: usize,
  cellsBefore: usize,
  squashed: usize,
  hiddenGradient: usize,
  cellGradient: usize,
): void {
  const bytes = (<usize>units) << 2;
  const one = f32x4.splat(1);
  for (let b = 0; b < batch; b++) {
    if (load<u32>(ids + ((<usize>b) << 2)) == 0) {
      memory.fill(gates, 0, 4 * bytes);
    } else {
      for (let j: usize = 0; j < bytes; j += 16) {
        const at = gates + j;
        const input = v128.load(at);
        const forget = v128.load(at + bytes);
        const fresh = v128.load(at + 2 * bytes);
        const output = v128.load(at + 3 * bytes);
        const flat = v128.load(squashed + j);
        const dh = v128.load(hiddenGradient + j);
        const dc = f32x4.add(
          v128.load(cellGradient + j),
          f32x4.mul(f32x4.mul(dh, output), f32x4.sub(one, f32x4.mul(flat, flat))),
        );
        v128.store(at, f32x4.mul(f32x4.mul(dc, fresh), hardSlope(input)));
        v128.store(
          at + bytes,
          f32x4.mul(f32x4.mul(dc, v128.load(cellsBefore + j)), hardSlope(forget)),
        );
        v128.store(
          at + 2 * bytes,
          f32x4.mul(f32x4.mul(dc, input), f32x4.sub(one, f32x4.mul(fresh, fresh))),
        );
        v128.store(at + 3 * bytes, f32x4.mul(f32x4.mul(dh, flat), hardSlope(output)));
        v128.store(cellGradient + j, f32x4.mul(dc, forget));
        v128.store(hiddenGradient + j, f32x4.splat(0));
      }
    }
    gates += 4 * bytes;
    cellsBefore += bytes;
    squashed += bytes;
    hiddenGradient += bytes;
    cellGradient += bytes;
  }
}

export function addSquares(
  values: usize,
  rows: i32,
  columns: i32,
  means: usize,
  sums: usize,
): void {
  const bytes = (<usize>columns) << 2;
  for (let i = 0; i < rows; i++) {
    for (let j: usize = 0; j < bytes; j += 4) {
      const away = load<f32>(values + j) - load<f32>(means + j);
      store<f32>(sums + j, load<f32>(sums + j) + away * away);
    }
    values += bytes;
  }
}

export function addProducts(
  values: usize,
  gradient: usize,
  rows: i32,
  columns: i32,
  means: usize,
  sums: usize,
): void {
  const bytes = (<usize>columns) << 2;
  for (let i = 0; i < rows; i++) {
    for (let j: usize = 0; j < bytes; j += 4) {
      const away = load<f32>(values + j) - load<f32>(means + j);
      store<f32>(sums + j, load<f32>(sums + j) + away * load<f32>(gradient + j));
    }
    values += bytes;
    gradient += bytes;
  }
}

export function scaleColumns(
  values: usize,
  rows: i32,
  columns: i32,
  factors: usize,
  shifts: usize,
  out: usize,
): void {
  const bytes = (<usize>columns) << 2;
  const whole: usize = (<usize>(columns & ~3)) << 2;
  for (let i = 0; i < rows; i++) {
    let j: usize = 0;
    for (; j < whole; j += 16) {
      v128.store(
        out + j,
        f32x4.add(f32x4.mul(v128.load(values + j), v128.load(factors + j)), v128.load(shifts + j)),
      );
    }
    for (; j < bytes; j += 4) {
      store<f32>(out + j, load<f32>(values + j) * load<f32>(factors + j) + load<f32>(shifts + j));
    }
    values += bytes;
    out += bytes;
  }
}

export function combineColumns(
  gradient: usize,
  values: usize,
  rows: i32,
  columns: i32,
  factors: usize,
  slopes: usize,
  shifts: usize,
  out: usize,
): void {
  const bytes = (<usize>columns) << 2;
  const whole: usize = (<usize>(columns & ~3)) << 2;
  for (let i = 0; i < rows; i++) {
    let j: usize = 0;
    for (; j < whole; j += 16) {
      const own = f32x4.mul(v128.load(gradient + j), v128.load(factors + j));
      const line = f32x4.add(
        f32x4.mul(v128.load(values + j), v128.load(slopes + j)),
        v128.load(shifts + j),
      );
      v128.store(out + j, f32x4.add(own, line));
    }
    for (; j < bytes; j += 4) {
      const own = load<f32>(gradient + j) * load<f32>(factors + j);
      const line = load<f32>(values + j) * load<f32>(slopes + j) + load<f32>(shifts + j);
      store<f32>(out + j, own + line);
    }
    gradient += bytes;
    values += bytes;
    out += bytes;
  }
}
