const r = Math.fround;

const COS_72 = r(0.30901699437494745);
const COS_144 = r(-0.8090169943749475);
const SIN_60 = r(0.8660254037844386);
const SIN_72 = r(0.9510565162951535);
const SIN_144 = r(0.5877852522924731);

/** A number has four lanes of real parts, then four of imaginary ones. */
const NUMBER = 8;
const IMAGINARY = 4;

/**
 * The twin of assembly/tsne/fft.ts: transforms four sequences at `from`; `to` is as much memory beside it. Returns which
 * of the two holds the result. Places count values, not bytes.
 */
export function transform(
  f: Float32Array,
  u: Uint32Array,
  plan: number,
  from: number,
  to: number,
): number {
  /** Sums of a radix's numbers, real and imaginary, as the pass has them before it turns them. */
  const re = new Float32Array(5);
  const im = new Float32Array(5);
  for (let p = 0; p < u[plan]; p++) {
    const [radix, m, side, twiddles] = u.subarray(plan + 1 + 4 * p, plan + 5 + 4 * p);
    const stride = side * NUMBER;
    const apart = m * stride;
    let turn = twiddles >>> 2;
    for (let j = 0; j < m; j++, turn += 2 * (radix - 1)) {
      for (let q = 0; q < stride; q += NUMBER) {
        for (let lane = 0; lane < 4; lane++) {
          for (let t = 0; t < radix; t++) {
            const at = from + j * stride + t * apart + q + lane;
            re[t] = f[at];
            im[t] = f[at + IMAGINARY];
          }
          butterfly(radix, re, im);
          for (let t = 0; t < radix; t++) {
            const out = to + (radix * j + t) * stride + q + lane;
            if (t === 0) {
              f[out] = re[0];
              f[out + IMAGINARY] = im[0];
              continue;
            }
            const c = f[turn + 2 * (t - 1)];
            const s = f[turn + 2 * (t - 1) + 1];
            f[out] = r(re[t] * c) - r(im[t] * s);
            f[out + IMAGINARY] = r(re[t] * s) + r(im[t] * c);
          }
        }
      }
    }
    [from, to] = [to, from];
  }
  return from;
}

/** A transform of length 2, 3, 4 or 5, in place. */
function butterfly(radix: number, re: Float32Array, im: Float32Array): void {
  const [ar, br, cr, dr, er] = re;
  const [ai, bi, ci, di, ei] = im;
  if (radix === 2) {
    re[0] = ar + br;
    im[0] = ai + bi;
    re[1] = ar - br;
    im[1] = ai - bi;
  } else if (radix === 3) {
    const sr = r(br + cr);
    const si = r(bi + ci);
    const mr = r(ar - r(0.5 * sr));
    const mi = r(ai - r(0.5 * si));
    const nr = r(SIN_60 * r(br - cr));
    const ni = r(SIN_60 * r(bi - ci));
    re[0] = ar + sr;
    im[0] = ai + si;
    re[1] = mr + ni;
    im[1] = mi - nr;
    re[2] = mr - ni;
    im[2] = mi + nr;
  } else if (radix === 4) {
    const acr = r(ar + cr);
    const aci = r(ai + ci);
    const bdr = r(br + dr);
    const bdi = r(bi + di);
    const fr = r(br - dr);
    const fi = r(bi - di);
    const gr = r(ar - cr);
    const gi = r(ai - ci);
    re[0] = acr + bdr;
    im[0] = aci + bdi;
    re[1] = gr + fi;
    im[1] = gi - fr;
    re[2] = acr - bdr;
    im[2] = aci - bdi;
    re[3] = gr - fi;
    im[3] = gi + fr;
  } else {
    const ber = r(br + er);
    const bei = r(bi + ei);
    const cdr = r(cr + dr);
    const cdi = r(ci + di);
    const bmr = r(br - er);
    const bmi = r(bi - ei);
    const cmr = r(cr - dr);
    const cmi = r(ci - di);
    const m1r = r(r(ar + r(COS_72 * ber)) + r(COS_144 * cdr));
    const m1i = r(r(ai + r(COS_72 * bei)) + r(COS_144 * cdi));
    const m2r = r(r(ar + r(COS_144 * ber)) + r(COS_72 * cdr));
    const m2i = r(r(ai + r(COS_144 * bei)) + r(COS_72 * cdi));
    const n1r = r(r(SIN_72 * bmr) + r(SIN_144 * cmr));
    const n1i = r(r(SIN_72 * bmi) + r(SIN_144 * cmi));
    const n2r = r(r(SIN_144 * bmr) - r(SIN_72 * cmr));
    const n2i = r(r(SIN_144 * bmi) - r(SIN_72 * cmi));
    re[0] = r(ar + ber) + cdr;
    im[0] = r(ai + bei) + cdi;
    re[1] = m1r + n1i;
    im[1] = m1i - n1r;
    re[2] = m2r + n2i;
    im[2] = m2i - n2r;
    re[3] = m2r - n2i;
    im[3] = m2i + n2r;
    re[4] = m1r - n1i;
    im[4] = m1i + n1r;
  }
}
