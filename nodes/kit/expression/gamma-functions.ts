import { inGraph, inSql, type Arithmetic } from './arithmetic.ts';
import type { FunctionDefinition } from './functions.ts';
import { incompleteGamma } from './incomplete-gamma.ts';
import type { GraphWriter } from './graph-writer.ts';

/** Γ(x) Γ(1 − x) = π / sin πx takes values below ½ to those above it; missing at 0 and at negative whole numbers. */
function gammaInGraph(writer: GraphWriter, x: string, logarithm: boolean): string {
  const a = inGraph(writer);
  const half = a.number(0.5);
  const lower = a.floor(x);
  const sine = writer.node('Sin', [a.times(a.number(Math.PI), a.minus(x, lower))]);
  const above = a.logOfGamma(a.below(x, half, a.minus(a.number(1), x), x));
  const pole = writer.node('And', [writer.node('Equal', [x, lower]), writer.node('Less', [x, half])]);
  let value: string;
  if (logarithm) value = a.below(x, half, a.minus(a.ln(a.over(a.number(Math.PI), sine)), above), above);
  else {
    const parity = a.minus(lower, a.times(a.number(2), a.floor(a.times(lower, half))));
    const sign = a.minus(a.number(1), a.times(a.number(2), parity));
    const size = writer.node('Exp', [above]);
    value = a.below(x, half, a.over(a.times(sign, a.number(Math.PI)), a.times(sine, size)), size);
  }
  return writer.finite(writer.where(pole, a.number(NaN), value));
}

const BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6];
/** Terms that are summed before the rest is approximated. */
const SHIFT = 10;

/**
 * The derivative of so many orders, whole and from 0, of the logarithmic derivative of the gamma function, above 0: Abramowitz & Stegun 6.3.18 and
 * 6.4.11 beyond 10, 6.4.6 before; to 1e-12.
 */
function polyGamma(a: Arithmetic, order: string, x: string): string {
  const one = a.number(1);
  const z = a.add(x, a.number(SHIFT));
  const places = Array.from({ length: SHIFT }, (_, index) => a.add(x, a.number(index)));
  const square = a.times(z, z);
  const rest = BERNOULLI.map((each, index) => each / (2 * (index + 1))).reduceRight((sum, each) => a.over(a.add(a.number(each), sum), square), a.number(0));
  const first = a.minus(a.minus(a.ln(z), a.add(a.over(a.number(0.5), z), rest)), a.add(...places.map((place) => a.over(one, place))));

  const s = a.add(order, one);
  const ahead = (steps: number): string => a.over(a.times(a.add(s, a.number(steps)), a.add(s, a.number(steps + 1))), square);
  let factorial = 1;
  const scaled = BERNOULLI.map((each, index) => each / (factorial *= (2 * index + 1) * (2 * index + 2)));
  const series = scaled
    .map((each, index) => ({ each, ahead: ahead(2 * index + 1) }))
    .reduceRight((sum, term, index) => (index === scaled.length - 1 ? a.number(term.each) : a.add(a.number(term.each), a.times(term.ahead, sum))), '');
  const tail = a.times(a.power(z, a.minus(a.number(0), s)), a.add(a.over(z, a.minus(s, one)), a.number(0.5), a.times(a.over(s, z), series)));
  const zeta = a.add(tail, ...places.map((place) => a.power(place, a.minus(a.number(0), s))));
  const odd = a.minus(order, a.times(a.number(2), a.floor(a.times(order, a.number(0.5)))));
  const higher = a.times(a.minus(a.times(a.number(2), odd), one), a.exp(a.logOfGamma(s)), zeta);
  return a.below(order, a.number(0.5), first, higher);
}

const WITHOUT_POLES = (x: string): string => `CASE WHEN isfinite(${x}) AND NOT (${x} <= 0 AND floor(${x}) = ${x}) THEN ${x} END`;

export const GAMMA_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    usage: 'gamma(number)',
    help: 'The gamma function; missing at 0 and at negative whole numbers.',
    takes: ['number'],
    gives: 'number',
    sql: ([x]) => `gamma(${WITHOUT_POLES(x!)})`,
    graph: (writer, [x]) => gammaInGraph(writer, x!, false),
  },
  {
    usage: 'gammaLn(number)',
    help: 'The logarithm of the size of the gamma function.',
    takes: ['number'],
    gives: 'number',
    sql: ([x]) => `lgamma(${WITHOUT_POLES(x!)})`,
    graph: (writer, [x]) => gammaInGraph(writer, x!, true),
  },
  {
    usage: 'polyGamma(order, number)',
    help: 'The digamma function (order 0), trigamma (1) and so on; missing at 0 and below, and for orders that are not whole.',
    takes: ['number', 'number'],
    gives: 'number',
    sql: ([order, x]) => `CASE WHEN ${x} > 0 AND isfinite(${x}) AND ${order} >= 0 AND floor(${order}) = ${order} THEN ${polyGamma(inSql, order!, x!)} END`,
    graph: (writer, [order, x]) => {
      const a = inGraph(writer);
      const none = a.number(NaN);
      const whole = writer.where(writer.node('Equal', [order!, a.floor(order!)]), polyGamma(a, order!, x!), none);
      const defined = writer.where(writer.node('Greater', [x!, a.number(0)]), whole, none);
      return writer.finite(a.below(order!, a.number(0), none, defined));
    },
  },
  ...(['lower', 'upper'] as const).map((part): FunctionDefinition => {
    const name = part === 'lower' ? 'gammaP' : 'gammaQ';
    return {
      usage: `${name}(shape, number)`,
      help: `The ${part} incomplete gamma function over the whole one; missing for shapes that are not above 0 and for numbers below 0.`,
      takes: ['number', 'number'],
      gives: 'number',
      sql: ([shape, x]) =>
        `CASE WHEN ${shape} > 0 AND isfinite(${shape}) AND ${x} >= 0 AND isfinite(${x}) THEN ${incompleteGamma(inSql, shape!, x!, part)} END`,
      graph: (writer, [shape, x]) => {
        const a = inGraph(writer);
        const none = a.number(NaN);
        const defined = writer.where(writer.node('Greater', [shape!, a.number(0)]), incompleteGamma(a, shape!, x!, part), none);
        return a.below(x!, a.number(0), none, writer.finite(defined));
      },
    };
  }),
];
