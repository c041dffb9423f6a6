import type { Arithmetic } from './arithmetic.ts';

/** Shapes from here on take the expansion for large ones. */
const LARGE = 100;
/** Terms of the series and of the continued fraction: enough for shapes below `LARGE`. */
const [TERMS, LEVELS] = [90, 70];
/** Of the expansion, near its middle: DLMF 8.12.10 and the next function. */
const FIRST = [-1 / 3, 1 / 12, -2 / 135, 1 / 864, 1 / 2835];
const SECOND = [-1 / 540, -1 / 288, 1 / 378, -77 / 77_760];

/** Press et al., Numerical Recipes, §6.2: erfc by a Chebyshev fit, to 1.2e-7 of its value. */
const ERFC = [-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277];

const polynomial = (a: Arithmetic, coefficients: readonly number[], x: string): string =>
  coefficients.map((each) => a.number(each)).reduceRight((rest, each) => a.add(each, a.times(x, rest)));

/**
 * The lower or the upper part of the gamma function Γ(shape) that x divides, over all of it. Below shape + 1 by the series DLMF 8.7.1, else by the
 * continued fraction DLMF 8.9.2, both to 1e-9; for shapes of 100 and more by Temme's expansion DLMF 8.12.4, to 3e-7.
 */
export function incompleteGamma(a: Arithmetic, shape: string, x: string, part: 'lower' | 'upper'): string {
  const one = a.number(1);
  const other = (value: string): string => a.minus(one, value);
  const lower = series(a, shape, x);
  const upper = fraction(a, shape, x);
  const small = part === 'lower' ? a.below(x, a.add(shape, one), lower, other(upper)) : a.below(x, a.add(shape, one), other(lower), upper);
  const large = expansion(a, shape, x);
  const value = a.below(shape, a.number(LARGE), small, part === 'lower' ? other(large) : large);
  return a.below(x, a.number(1e-300), part === 'lower' ? a.number(0) : one, value);
}

/** x^shape e^−x / Γ(shape). */
const front = (a: Arithmetic, shape: string, x: string): string => a.exp(a.minus(a.minus(a.times(shape, a.ln(x)), x), a.logOfGamma(shape)));

function series(a: Arithmetic, shape: string, x: string): string {
  let sum = a.number(1);
  for (let term = TERMS; term > 0; term -= 1) sum = a.add(a.number(1), a.times(a.over(x, a.add(shape, a.number(term))), sum));
  return a.over(a.times(front(a, shape, x), sum), shape);
}

function fraction(a: Arithmetic, shape: string, x: string): string {
  const level = (index: number): string => a.minus(a.add(x, a.number(2 * index + 1)), shape);
  let below = level(LEVELS);
  for (let index = LEVELS; index > 0; index -= 1) {
    const over = a.times(a.number(index), a.minus(a.number(index), shape));
    below = a.minus(level(index - 1), a.over(over, below));
  }
  return a.over(front(a, shape, x), below);
}

/** The upper part. */
function expansion(a: Arithmetic, shape: string, x: string): string {
  const [zero, one] = [a.number(0), a.number(1)];
  const ratio = a.over(x, shape);
  const distance = a.minus(ratio, one);
  const difference = a.minus(distance, a.ln(ratio));
  const size = a.power(a.times(a.number(2), a.below(difference, zero, zero, difference)), a.number(0.5));
  const eta = a.below(distance, zero, a.minus(zero, size), size);
  const over = (value: string, power: number): string =>
    a.over(
      one,
      Array.from({ length: power - 1 }).reduce<string>((product) => a.times(product, value), value),
    );
  const near = a.number(0.1);
  const first = a.below(size, near, polynomial(a, FIRST, eta), a.minus(over(distance, 1), over(eta, 1)));
  const exact = a.minus(a.minus(a.minus(over(eta, 3), over(distance, 3)), over(distance, 2)), a.over(over(distance, 1), a.number(12)));
  const second = a.below(size, near, polynomial(a, SECOND, eta), exact);
  const root = a.power(a.times(a.number(0.5), shape), a.number(0.5));
  const t = a.times(size, root);
  const cut = a.over(one, a.add(one, a.times(a.number(0.5), t)));
  const tail = a.times(cut, a.exp(a.minus(polynomial(a, ERFC, cut), a.times(t, t))));
  const middle = a.below(distance, zero, a.minus(one, a.times(a.number(0.5), tail)), a.times(a.number(0.5), tail));
  const scale = a.over(a.exp(a.minus(zero, a.times(t, t))), a.times(root, a.number(2 * Math.sqrt(Math.PI))));
  return a.add(middle, a.times(scale, a.add(first, a.over(second, shape))));
}
