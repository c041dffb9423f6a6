import type { GraphWriter } from './graph-writer.ts';
import { numberInSql } from './numbers.ts';

/** What a formula is written with: SQL of doubles, or a graph of them. */
export interface Arithmetic {
  number(value: number): string;
  add(...values: readonly string[]): string;
  minus(a: string, b: string): string;
  times(...values: readonly string[]): string;
  over(a: string, b: string): string;
  power(a: string, b: string): string;
  ln(a: string): string;
  exp(a: string): string;
  floor(a: string): string;
  /** `value` where `a` is below `b`, else `otherwise`. */
  below(a: string, b: string, value: string, otherwise: string): string;
  /** Above 0. */
  logOfGamma(a: string): string;
}

export const inSql: Arithmetic = {
  number: numberInSql,
  add: (...values) => `(${values.join(' + ')})`,
  minus: (a, b) => `(${a} - ${b})`,
  times: (...values) => `(${values.join(' * ')})`,
  over: (a, b) => `(${a} / ${b})`,
  power: (a, b) => `pow(${a}, ${b})`,
  ln: (a) => `ln(CASE WHEN ${a} > 0 THEN ${a} END)`,
  exp: (a) => `exp(${a})`,
  floor: (a) => `floor(${a})`,
  below: (a, b, value, otherwise) => `CASE WHEN ${a} < ${b} THEN ${value} ELSE ${otherwise} END`,
  logOfGamma: (a) => `lgamma(CASE WHEN ${a} > 0 AND isfinite(${a}) THEN ${a} END)`,
};

export const inGraph = (writer: GraphWriter): Arithmetic => {
  const chain =
    (operator: string) =>
    (first: string, ...others: readonly string[]) =>
      others.reduce((one, other) => writer.node(operator, [one, other]), first);
  const two = (operator: string) => (a: string, b: string) => writer.node(operator, [a, b]);
  const written: Arithmetic = {
    number: (value) => writer.number(value),
    add: chain('Add') as Arithmetic['add'],
    minus: two('Sub'),
    times: chain('Mul') as Arithmetic['times'],
    over: two('Div'),
    power: two('Pow'),
    ln: (a) => writer.node('Log', [a]),
    exp: (a) => writer.node('Exp', [a]),
    floor: (a) => writer.node('Floor', [a]),
    below: (a, b, value, otherwise) => writer.where(writer.node('Less', [a, b]), value, otherwise),
    logOfGamma: (a) => logOfGamma(written, a),
  };
  return written;
};

/** Press et al., Numerical Recipes (3rd edition), §6.1: the logarithm of the gamma function above 0 by Lanczos' series, to 1e-14. */
const LANCZOS = [
  57.1562356658629235, -59.5979603554754912, 14.1360979747417471, -0.491913816097620199, 0.339946499848118887e-4, 0.465236289270485756e-4,
  -0.983744753048795646e-4, 0.158088703224912494e-3, -0.210264441724104883e-3, 0.217439618115212643e-3, -0.16431810653676389e-3, 0.844182239838527433e-4,
  -0.261908384015814087e-4, 0.368991826595316234e-5,
];
function logOfGamma(a: Arithmetic, x: string): string {
  const shifted = a.add(x, a.number(5.2421875));
  const series = a.add(a.number(0.999999999999997092), ...LANCZOS.map((each, index) => a.over(a.number(each), a.add(x, a.number(index + 1)))));
  return a.add(a.minus(a.times(a.add(x, a.number(0.5)), a.ln(shifted)), shifted), a.ln(a.over(a.times(a.number(2.5066282746310005), series), x)));
}
