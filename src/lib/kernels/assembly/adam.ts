/**
 * One step of Adam over `count` float32 parameters, in place. The arguments are byte offsets and the settings
 * of the step; the answer is the sum of the squared values before it. See ../../train/wasm/adamStep.ts.
 */
export function adam(
  values: usize,
  gradient: usize,
  first: usize,
  second: usize,
  count: i32,
  rate: f32,
  decay: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
): f64 {
  const one: f32 = 1;
  const rate4 = f32x4.splat(rate);
  const decay4 = f32x4.splat(decay);
  const keep1 = f32x4.splat(beta1);
  const take1 = f32x4.splat(one - beta1);
  const keep2 = f32x4.splat(beta2);
  const take2 = f32x4.splat(one - beta2);
  const epsilon4 = f32x4.splat(epsilon);
  let squares = f64x2.splat(0);
  const whole: usize = ((<usize>count) & ~3) << 2;
  const all: usize = (<usize>count) << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const w = v128.load(values + at);
    const square = f32x4.mul(w, w);
    squares = f64x2.add(squares, f64x2.promote_low_f32x4(square));
    squares = f64x2.add(
      squares,
      f64x2.promote_low_f32x4(v128.shuffle<i32>(square, square, 2, 3, 2, 3)),
    );
    const g = f32x4.add(v128.load(gradient + at), f32x4.mul(decay4, w));
    const m = f32x4.add(f32x4.mul(keep1, v128.load(first + at)), f32x4.mul(take1, g));
    const v = f32x4.add(
      f32x4.mul(keep2, v128.load(second + at)),
      f32x4.mul(take2, f32x4.mul(g, g)),
    );
    v128.store(first + at, m);
    v128.store(second + at, v);
    const move = f32x4.div(f32x4.mul(rate4, m), f32x4.add(f32x4.sqrt(v), epsilon4));
    v128.store(values + at, f32x4.sub(w, move));
  }
  let sum = f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
  for (; at < all; at += 4) {
    const w = load<f32>(values + at);
    sum += <f64>(w * w);
    const g = load<f32>(gradient + at) + decay * w;
    const m = beta1 * load<f32>(first + at) + (one - beta1) * g;
    const v = beta2 * load<f32>(second + at) + (one - beta2) * (g * g);
    store<f32>(first + at, m);
    store<f32>(second + at, v);
    store<f32>(values + at, w - (rate * m) / (sqrt<f32>(v) + epsilon));
  }
  return sum;
}
