// The two hot loops of matrix factorisation, AssemblyScript with SIMD. Meaning, arguments and memory
// layout: ../factorisation.ts, whose plain JavaScript twin does the same operations in the same order.

function dot(a: usize, b: usize, stride: usize): f32 {
  let sum = f32x4.splat(0);
  for (let j: usize = 0; j < stride; j += 16) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(a + j), v128.load(b + j)));
  }
  return (
    f32x4.extract_lane(sum, 0) +
    f32x4.extract_lane(sum, 2) +
    (f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 3))
  );
}

export function sgd(
  order: usize,
  from: u32,
  to: u32,
  users: usize,
  movies: usize,
  values: usize,
  userRows: usize,
  movieRows: usize,
  stride: usize,
  steps: usize,
): f64 {
  const userStep = steps + stride;
  const movieKeep = userStep + stride;
  const movieStep = movieKeep + stride;
  let squares: f64 = 0;
  for (let k = from; k < to; k++) {
    const rating = (<usize>load<u32>(order + ((<usize>k) << 2))) << 2;
    const user = userRows + <usize>load<u32>(users + rating) * stride;
    const movie = movieRows + <usize>load<u32>(movies + rating) * stride;
    const error = load<f32>(values + rating) - dot(user, movie, stride);
    squares += <f64>error * <f64>error;
    const e = f32x4.splat(error);
    for (let j: usize = 0; j < stride; j += 16) {
      const p = v128.load(user + j);
      const q = v128.load(movie + j);
      v128.store(
        user + j,
        f32x4.add(
          f32x4.mul(p, v128.load(steps + j)),
          f32x4.mul(f32x4.mul(q, e), v128.load(userStep + j)),
        ),
      );
      v128.store(
        movie + j,
        f32x4.add(
          f32x4.mul(q, v128.load(movieKeep + j)),
          f32x4.mul(f32x4.mul(p, e), v128.load(movieStep + j)),
        ),
      );
    }
  }
  return squares;
}

export function implicitSums(
  from: u32,
  to: u32,
  starts: usize,
  partners: usize,
  contributions: usize,
  sums: usize,
  stride: usize,
): void {
  for (let a = from; a < to; a++) {
    const start = load<u32>(starts + ((<usize>a) << 2));
    const end = load<u32>(starts + ((<usize>a + 1) << 2));
    const sum = sums + <usize>a * stride;
    memory.fill(sum, 0, stride);
    if (start == end) continue;
    for (let k = start; k < end; k++) {
      const partner = load<u32>(partners + ((<usize>k) << 2));
      const contribution = contributions + <usize>partner * stride;
      for (let j: usize = 0; j < stride; j += 16) {
        v128.store(sum + j, f32x4.add(v128.load(sum + j), v128.load(contribution + j)));
      }
    }
    const scale = f32x4.splat(1 / sqrt<f32>(<f32>(end - start)));
    for (let j: usize = 0; j < stride; j += 16) {
      v128.store(sum + j, f32x4.mul(v128.load(sum + j), scale));
    }
  }
}

export function sweep(
  order: usize,
  from: u32,
  to: u32,
  starts: usize,
  partners: usize,
  values: usize,
  ownRows: usize,
  ownSums: usize,
  partnerRows: usize,
  partnerSums: usize,
  contributions: usize,
  stride: usize,
  steps: usize,
  before: usize,
): f64 {
  const ownStep = steps + stride;
  const sumKeep = ownStep + stride;
  const sumStep = sumKeep + stride;
  const partnerKeep = sumStep + stride;
  const partnerStep = partnerKeep + stride;
  let squares: f64 = 0;
  for (let t = from; t < to; t++) {
    const a = load<u32>(order + ((<usize>t) << 2));
    const start = load<u32>(starts + ((<usize>a) << 2));
    const end = load<u32>(starts + ((<usize>a + 1) << 2));
    if (start == end) continue;
    implicitSums(a, a + 1, starts, partners, contributions, ownSums, stride);
    const own = ownRows + <usize>a * stride;
    const ownSum = ownSums + <usize>a * stride;
    memory.copy(before, ownSum, stride);
    for (let k = start; k < end; k++) {
      const b = <usize>load<u32>(partners + ((<usize>k) << 2)) * stride;
      const partner = partnerRows + b;
      const partnerSum = partnerSums + b;
      let sum = f32x4.splat(0);
      for (let j: usize = 0; j < stride; j += 16) {
        sum = f32x4.add(
          sum,
          f32x4.mul(
            f32x4.add(v128.load(own + j), v128.load(ownSum + j)),
            f32x4.add(v128.load(partner + j), v128.load(partnerSum + j)),
          ),
        );
      }
      const error =
        load<f32>(values + ((<usize>k) << 2)) -
        (f32x4.extract_lane(sum, 0) +
          f32x4.extract_lane(sum, 2) +
          (f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 3)));
      squares += <f64>error * <f64>error;
      const e = f32x4.splat(error);
      for (let j: usize = 0; j < stride; j += 16) {
        const p = v128.load(own + j);
        const s = v128.load(ownSum + j);
        const q = v128.load(partner + j);
        const x = f32x4.mul(f32x4.add(p, s), e);
        const z = f32x4.mul(f32x4.add(q, v128.load(partnerSum + j)), e);
        v128.store(
          own + j,
          f32x4.add(f32x4.mul(p, v128.load(steps + j)), f32x4.mul(z, v128.load(ownStep + j))),
        );
        v128.store(
          ownSum + j,
          f32x4.add(f32x4.mul(s, v128.load(sumKeep + j)), f32x4.mul(z, v128.load(sumStep + j))),
        );
        v128.store(
          partner + j,
          f32x4.add(
            f32x4.mul(q, v128.load(partnerKeep + j)),
            f32x4.mul(x, v128.load(partnerStep + j)),
          ),
        );
      }
    }
    const scale = f32x4.splat(1 / sqrt<f32>(<f32>(end - start)));
    for (let j: usize = 0; j < stride; j += 16) {
      const moved = f32x4.sub(v128.load(ownSum + j), v128.load(before + j));
      v128.store(before + j, f32x4.mul(moved, scale));
    }
    for (let k = start; k < end; k++) {
      const partner = load<u32>(partners + ((<usize>k) << 2));
      const contribution = contributions + <usize>partner * stride;
      for (let j: usize = 0; j < stride; j += 16) {
        v128.store(contribution + j, f32x4.add(v128.load(contribution + j), v128.load(before + j)));
      }
    }
  }
  return squares;
}
