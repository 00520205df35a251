// Discrete Fourier transforms of four sequences at once, one in each lane. A number is two vectors, real parts and
// imaginary parts: 32 bytes. Twin: ../../tsne/fft.ts.

const COS_72: f32 = 0.30901699437494745;
const COS_144: f32 = -0.8090169943749475;
const SIN_60: f32 = 0.8660254037844386;
const SIN_72: f32 = 0.9510565162951535;
const SIN_144: f32 = 0.5877852522924731;

/** Stores a number times the twiddle whose cosine and sine lie at `twiddle`. */
function storeTurned(to: usize, twiddle: usize, re: v128, im: v128): void {
  const c = v128.load32_splat(twiddle);
  const s = v128.load32_splat(twiddle, 4);
  v128.store(to, f32x4.sub(f32x4.mul(re, c), f32x4.mul(im, s)));
  v128.store(to, f32x4.add(f32x4.mul(re, s), f32x4.mul(im, c)), 16);
}

function storePlain(to: usize, re: v128, im: v128): void {
  v128.store(to, re);
  v128.store(to, im, 16);
}

function radix2(from: usize, to: usize, m: usize, stride: usize, twiddles: usize): void {
  const half = m * stride;
  for (let j: usize = 0; j < m; j++) {
    const out = to + 2 * j * stride;
    for (let q: usize = 0; q < stride; q += 32) {
      const a = from + j * stride + q;
      const b = a + half;
      const ar = v128.load(a);
      const ai = v128.load(a, 16);
      const br = v128.load(b);
      const bi = v128.load(b, 16);
      storePlain(out + q, f32x4.add(ar, br), f32x4.add(ai, bi));
      storeTurned(out + stride + q, twiddles, f32x4.sub(ar, br), f32x4.sub(ai, bi));
    }
    twiddles += 8;
  }
}

function radix3(from: usize, to: usize, m: usize, stride: usize, twiddles: usize): void {
  const third = m * stride;
  const half = f32x4.splat(0.5);
  const sine = f32x4.splat(SIN_60);
  for (let j: usize = 0; j < m; j++) {
    const out = to + 3 * j * stride;
    for (let q: usize = 0; q < stride; q += 32) {
      const a = from + j * stride + q;
      const b = a + third;
      const c = b + third;
      const ar = v128.load(a);
      const ai = v128.load(a, 16);
      const br = v128.load(b);
      const bi = v128.load(b, 16);
      const cr = v128.load(c);
      const ci = v128.load(c, 16);
      const sr = f32x4.add(br, cr);
      const si = f32x4.add(bi, ci);
      const mr = f32x4.sub(ar, f32x4.mul(half, sr));
      const mi = f32x4.sub(ai, f32x4.mul(half, si));
      const nr = f32x4.mul(sine, f32x4.sub(br, cr));
      const ni = f32x4.mul(sine, f32x4.sub(bi, ci));
      storePlain(out + q, f32x4.add(ar, sr), f32x4.add(ai, si));
      storeTurned(out + stride + q, twiddles, f32x4.add(mr, ni), f32x4.sub(mi, nr));
      storeTurned(out + 2 * stride + q, twiddles + 8, f32x4.sub(mr, ni), f32x4.add(mi, nr));
    }
    twiddles += 16;
  }
}

function radix4(from: usize, to: usize, m: usize, stride: usize, twiddles: usize): void {
  const quarter = m * stride;
  for (let j: usize = 0; j < m; j++) {
    const out = to + 4 * j * stride;
    for (let q: usize = 0; q < stride; q += 32) {
      const a = from + j * stride + q;
      const b = a + quarter;
      const c = b + quarter;
      const d = c + quarter;
      const ar = v128.load(a);
      const ai = v128.load(a, 16);
      const br = v128.load(b);
      const bi = v128.load(b, 16);
      const cr = v128.load(c);
      const ci = v128.load(c, 16);
      const dr = v128.load(d);
      const di = v128.load(d, 16);
      const acr = f32x4.add(ar, cr);
      const aci = f32x4.add(ai, ci);
      const bdr = f32x4.add(br, dr);
      const bdi = f32x4.add(bi, di);
      const er = f32x4.sub(ar, cr);
      const ei = f32x4.sub(ai, ci);
      const fr = f32x4.sub(br, dr);
      const fi = f32x4.sub(bi, di);
      storePlain(out + q, f32x4.add(acr, bdr), f32x4.add(aci, bdi));
      storeTurned(out + stride + q, twiddles, f32x4.add(er, fi), f32x4.sub(ei, fr));
      storeTurned(out + 2 * stride + q, twiddles + 8, f32x4.sub(acr, bdr), f32x4.sub(aci, bdi));
      storeTurned(out + 3 * stride + q, twiddles + 16, f32x4.sub(er, fi), f32x4.add(ei, fr));
    }
    twiddles += 24;
  }
}

function radix5(from: usize, to: usize, m: usize, stride: usize, twiddles: usize): void {
  const fifth = m * stride;
  const cos72 = f32x4.splat(COS_72);
  const cos144 = f32x4.splat(COS_144);
  const sin72 = f32x4.splat(SIN_72);
  const sin144 = f32x4.splat(SIN_144);
  for (let j: usize = 0; j < m; j++) {
    const out = to + 5 * j * stride;
    for (let q: usize = 0; q < stride; q += 32) {
      const a = from + j * stride + q;
      const b = a + fifth;
      const c = b + fifth;
      const d = c + fifth;
      const e = d + fifth;
      const ar = v128.load(a);
      const ai = v128.load(a, 16);
      const br = v128.load(b);
      const bi = v128.load(b, 16);
      const cr = v128.load(c);
      const ci = v128.load(c, 16);
      const dr = v128.load(d);
      const di = v128.load(d, 16);
      const er = v128.load(e);
      const ei = v128.load(e, 16);
      const ber = f32x4.add(br, er);
      const bei = f32x4.add(bi, ei);
      const cdr = f32x4.add(cr, dr);
      const cdi = f32x4.add(ci, di);
      const bmr = f32x4.sub(br, er);
      const bmi = f32x4.sub(bi, ei);
      const cmr = f32x4.sub(cr, dr);
      const cmi = f32x4.sub(ci, di);
      const m1r = f32x4.add(f32x4.add(ar, f32x4.mul(cos72, ber)), f32x4.mul(cos144, cdr));
      const m1i = f32x4.add(f32x4.add(ai, f32x4.mul(cos72, bei)), f32x4.mul(cos144, cdi));
      const m2r = f32x4.add(f32x4.add(ar, f32x4.mul(cos144, ber)), f32x4.mul(cos72, cdr));
      const m2i = f32x4.add(f32x4.add(ai, f32x4.mul(cos144, bei)), f32x4.mul(cos72, cdi));
      const n1r = f32x4.add(f32x4.mul(sin72, bmr), f32x4.mul(sin144, cmr));
      const n1i = f32x4.add(f32x4.mul(sin72, bmi), f32x4.mul(sin144, cmi));
      const n2r = f32x4.sub(f32x4.mul(sin144, bmr), f32x4.mul(sin72, cmr));
      const n2i = f32x4.sub(f32x4.mul(sin144, bmi), f32x4.mul(sin72, cmi));
      storePlain(out + q, f32x4.add(f32x4.add(ar, ber), cdr), f32x4.add(f32x4.add(ai, bei), cdi));
      storeTurned(out + stride + q, twiddles, f32x4.add(m1r, n1i), f32x4.sub(m1i, n1r));
      storeTurned(out + 2 * stride + q, twiddles + 8, f32x4.add(m2r, n2i), f32x4.sub(m2i, n2r));
      storeTurned(out + 3 * stride + q, twiddles + 16, f32x4.sub(m2r, n2i), f32x4.add(m2i, n2r));
      storeTurned(out + 4 * stride + q, twiddles + 24, f32x4.sub(m1r, n1i), f32x4.add(m1i, n1r));
    }
    twiddles += 32;
  }
}

/**
 * Transforms four sequences at `from`; `to` is as much memory beside it. Returns which of the two holds the result.
 * A plan is the number of passes and then, for each, its radix, the length of its sub-transforms, how many lie side
 * by side, and where its twiddles lie, all uint32.
 */
export function transform(plan: usize, from: usize, to: usize): usize {
  const passes = load<u32>(plan);
  for (let p: u32 = 0; p < passes; p++) {
    const pass = plan + 4 + ((<usize>p) << 4);
    const radix = load<u32>(pass);
    const m = <usize>load<u32>(pass, 4);
    const stride = (<usize>load<u32>(pass, 8)) << 5;
    const twiddles = <usize>load<u32>(pass, 12);
    if (radix == 4) radix4(from, to, m, stride, twiddles);
    else if (radix == 2) radix2(from, to, m, stride, twiddles);
    else if (radix == 3) radix3(from, to, m, stride, twiddles);
    else radix5(from, to, m, stride, twiddles);
    const swap = from;
    from = to;
    to = swap;
  }
  return from;
}
