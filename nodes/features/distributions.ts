/** ln Γ(x) for x > 0 by Lanczos' series with g = 7 and 9 terms (Godfrey's coefficients); relative error about 1e-15. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const terms = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012,
    9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  const z = x - 1;
  const t = z + 7.5;
  const sum = terms.reduce((all, term, at) => (at === 0 ? term : all + term / (z + at)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

const TINY = 1e-300;
const LIMIT = 10_000;
const EPSILON = 1e-16;

/** Lentz's evaluation of b0 + a1/(b1 + a2/(b2 + …)) (Numerical Recipes §5.2). */
function continuedFraction(b0: number, term: (at: number) => { a: number; b: number }): number {
  let f = b0 === 0 ? TINY : b0;
  let [c, d] = [f, 0];
  for (let at = 1; at <= LIMIT; at += 1) {
    const { a, b } = term(at);
    d = 1 / (b + a * d || TINY);
    c = b + a / c || TINY;
    f *= c * d;
    if (Math.abs(c * d - 1) < EPSILON * 4) break;
  }
  return f;
}

/** The regularised incomplete beta function I_x(a, b) by its continued fraction (DLMF 8.17.22). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (Number.isNaN(x) || Number.isNaN(a) || Number.isNaN(b)) return NaN;
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a;
  const fraction = continuedFraction(1, (at) => {
    const m = at >> 1;
    const even = at % 2 === 0;
    return { a: even ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)) : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)), b: 1 };
  });
  return front / fraction;
}

/** The upper regularised incomplete gamma function Q(a, x): a series below a + 1 (DLMF 8.7.1), else a continued fraction (DLMF 8.9.2). */
export function upperGamma(a: number, x: number): number {
  if (Number.isNaN(x) || Number.isNaN(a)) return NaN;
  if (x <= 0) return 1;
  if (x === Infinity) return 0;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let [term, sum] = [1 / a, 1 / a];
    for (let at = 1; at <= LIMIT && term > sum * EPSILON; at += 1) sum += term *= x / (a + at);
    return 1 - front * sum;
  }
  return front / continuedFraction(x + 1 - a, (at) => ({ a: -at * (at - a), b: x + 2 * at + 1 - a }));
}

/** P(T > t) of Student's distribution. */
export function studentUpper(t: number, freedom: number): number {
  const half = incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  return t >= 0 ? half : 1 - half;
}

/** P(X > x) of the χ² distribution. */
export const chiSquaredUpper = (x: number, freedom: number): number => upperGamma(freedom / 2, x / 2);

/** P(Z > z) of the standard normal distribution. */
export function normalUpper(z: number): number {
  const half = upperGamma(0.5, (z * z) / 2) / 2;
  return z >= 0 ? half : 1 - half;
}

/** The t that Student's distribution exceeds with probability `upper`, at most a half, by bisection. */
export function studentQuantile(upper: number, freedom: number): number {
  let [low, high] = [0, 1];
  while (studentUpper(high, freedom) > upper && high < 1e300) high *= 2;
  for (let turn = 0; turn < 200 && low < high; turn += 1) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (studentUpper(middle, freedom) > upper) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
