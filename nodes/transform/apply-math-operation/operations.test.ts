import { expect, it } from 'vitest';
import { runNode } from '#test/support/run-node.ts';
import { columnsNamed } from '../../kit/columns.ts';
import { readExpression } from '../../kit/expression/expression.ts';
import { graphOf } from '../../kit/expression/graph-of.ts';
import { refusalOf } from '../../kit/expression/graph.ts';
import { relativeDifference } from '../../kit/onnx/prove.server.ts';
import { createOnnxRunner } from '../../kit/onnx/session.server.ts';
import { tableOf, type Table } from '../../kit/table.ts';
import { applyMathOperation } from './node.ts';
import { OPERATIONS, type Operation, type OperationCategory } from './operations.ts';

const values = [-3.5, -2, -1, -0.998046875, -0.5, 0, 0.25, 0.5, 0.98828125, 1, 2, 2.5, 7, 30];
const data = tableOf({ x: values, y: values.map((_, index) => [2, -3, 0.5, 4][index % 4]!) });
const runner = createOnnxRunner({ threads: 1 });
const all = (Object.keys(OPERATIONS) as OperationCategory[]).flatMap((category) =>
  Object.entries<Operation>(OPERATIONS[category]).map(([name, operation]) => ({ category, name, operation })),
);

/** The integral of f from 0 to `to` by Simpson's rule. */
function integral(f: (t: number) => number, to: number): number {
  const steps = 20_000;
  const at = (step: number): number => f((to * step) / steps);
  let sum = at(0) + at(steps);
  for (let step = 1; step < steps; step += 1) sum += at(step) * (step % 2 === 0 ? 2 : 4);
  return (sum * to) / steps / 3;
}
const erf = (x: number): number => (2 / Math.sqrt(Math.PI)) * integral((t) => Math.exp(-t * t), x);
/** By halving. */
function erfInverse(y: number): number {
  let [low, high] = [-6, 6];
  for (let step = 0; step < 40; step += 1) {
    const middle = (low + high) / 2;
    if (erf(middle) < y) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
const elliptic = (m: number, power: number): number => (m < 0 || m >= 1 ? NaN : integral((t) => (1 - m * Math.sin(t) ** 2) ** power, Math.PI / 2));
const factorial = (n: number): number => (n < 0 ? NaN : n <= 1 ? 1 : n * factorial(n - 1));

/** What approximations stand for, to 1e-6. */
const approximated: Readonly<Record<string, (x: number) => number>> = {
  Erf: erf,
  Erfc: (x) => 1 - erf(x),
  ErfInverse: (x) => (Math.abs(x) >= 1 ? NaN : erfInverse(x)),
  ErfScaled: (x) => (Math.abs(x) > 3 ? NaN : Math.exp(x * x) * (1 - erf(x))),
  EllipticIntegralE: (m) => (m === 1 ? 1 : elliptic(m, 0.5)),
  EllipticIntegralK: (m) => elliptic(m, -0.5),
  ExponentialIntegralEin: (x) => (x < 0 ? NaN : integral((t) => (t === 0 ? 1 : -Math.expm1(-t) / t), x)),
};

/** What the operation is, as JavaScript computes it; not-a-number and infinite mean missing. */
const expected: Readonly<Record<string, (x: number, y: number) => number>> = {
  Abs: Math.abs,
  Atan2: (x, y) => Math.atan2(x, y),
  Conj: (x) => x,
  CubeRoot: Math.cbrt,
  RealPart: (x) => x,
  ImaginaryPart: () => 0,
  Sech: (x) => 1 / Math.cosh(x),
  Csch: (x) => 1 / Math.sinh(x),
  Coth: (x) => 1 / Math.tanh(x),
  ACot: (x) => Math.atan(1 / x),
  ASec: (x) => Math.acos(1 / x),
  ACsc: (x) => Math.asin(1 / x),
  ACoth: (x) => Math.atanh(1 / x),
  ASech: (x) => Math.acosh(1 / x),
  ACsch: (x) => Math.asinh(1 / x),
  CotDegrees: (x) => 1 / Math.tan((x * Math.PI) / 180),
  ACscDegrees: (x) => (Math.asin(1 / x) * 180) / Math.PI,
  Exp: Math.exp,
  Exp2: (x) => 2 ** x,
  ExpMinus1: Math.expm1,
  Hypotenuse: Math.hypot,
  Ln: Math.log,
  LnPlus1: Math.log1p,
  Log: (x, y) => Math.log(x) / Math.log(y),
  Log10: Math.log10,
  Log2: Math.log2,
  NthRoot: (x, y) => x ** (1 / y),
  Pow: (x, y) => x ** y,
  Sqrt: Math.sqrt,
  SqrtPi: (x) => Math.sqrt(Math.PI * x),
  Square: (x) => x * x,
  EqualTo: (x, y) => Number(x === y),
  GreaterThan: (x, y) => Number(x > y),
  LessThanOrEqualTo: (x, y) => Number(x <= y),
  NotEqualTo: (x, y) => Number(x !== y),
  PairMax: Math.max,
  PairMin: Math.min,
  Add: (x, y) => x + y,
  Divide: (x, y) => x / y,
  Multiply: (x, y) => x * y,
  Subtract: (x, y) => x - y,
  Ceiling: Math.ceil,
  Floor: Math.floor,
  Truncate: Math.trunc,
  Remainder: (x, y) => x % y,
  Mod: (x, y) => x - y * Math.floor(x / y),
  Quotient: (x, y) => Math.trunc(x / y),
  ToEven: (x) => Math.sign(x) * Math.ceil(Math.abs(x) / 2) * 2,
  Sin: Math.sin,
  Cos: Math.cos,
  Tan: Math.tan,
  Cot: (x) => 1 / Math.tan(x),
  Sec: (x) => 1 / Math.cos(x),
  Csc: (x) => 1 / Math.sin(x),
  ASin: Math.asin,
  ACos: Math.acos,
  ATan: Math.atan,
  Sinh: Math.sinh,
  Cosh: Math.cosh,
  Tanh: Math.tanh,
  ASinh: Math.asinh,
  ACosh: Math.acosh,
  ATanh: Math.atanh,
  Sign: Math.sign,
  SinDegrees: (x) => Math.sin((x * Math.PI) / 180),
  DegreesToRadians: (x) => (x * Math.PI) / 180,
  Sinc: (x) => (x === 0 ? 1 : Math.sin(x) / x),
};

it('every operation gives what mathematics says, and the same in a model', { timeout: 120_000 }, async () => {
  const names = { x: columnsNamed('x'), y: columnsNamed('y') };
  for (const { category, name, operation } of all) {
    const params = { category, [category]: name, columns: names.x, secondType: 'columns', secondColumns: names.y, outputMode: 'resultOnly' };
    const { outputs } = await runNode(applyMathOperation, { data }, params);
    const table = outputs.data as Table;
    const [column] = table.schema.columns;
    expect(column!.name).toBe(operation.second ? `${name}(x_y)` : `${name}(x)`);
    const own = [...((await table.read()).get(column!.name) as Float64Array)];
    const mathematics = expected[name];
    const xy = (await data.read()).get('y') as Float64Array;
    if (mathematics)
      for (const [row, value] of own.entries()) {
        const right = mathematics(values[row]!, xy[row]!);
        expect(relativeDifference(value, Number.isFinite(right) ? right : NaN), `${name} of ${values[row]}: ${value}, not ${right}`).toBeLessThan(1e-9);
      }
    for (const [row, value] of approximated[name] ? own.entries() : []) {
      const right = approximated[name]!(values[row]!);
      if (name === 'ErfScaled' && Number.isNaN(right)) continue;
      expect(relativeDifference(value, right), `${name} of ${values[row]}: ${value}, not ${right}`).toBeLessThan(1e-6);
    }
    const { typed } = readExpression(operation.expression('x', 'y'), data.schema);
    expect(refusalOf(typed!), name).toBeNull();
    const { onnx, signature } = graphOf(typed!, data.schema, 'result');
    const again = [...((await runner.apply(onnx, signature, await data.read(), values.length)).get('result') as Float64Array)];
    for (const [row, value] of own.entries())
      expect(relativeDifference(value, again[row]!), `${name} of ${values[row]}: ${value} in the table, ${again[row]} in the model`).toBeLessThanOrEqual(1e-5);
  }
});

it('parts of the gamma function are sums of the Poisson distribution for whole shapes', async () => {
  const shapes = [1, 2, 5, 30, 99, 100, 150, 1_000, 50_000];
  const pairs = shapes.flatMap((shape) => [0, 0.01, 0.5, 0.9, 0.98, 1, 1.01, 1.02, 1.1, 1.5, 3].map((ratio) => [shape, ratio * shape] as const));
  const table = tableOf({ shape: pairs.map(([shape]) => shape), x: pairs.map(([, x]) => x) });
  /** Σ x^k e^−x / k! for k below the shape, from the largest term. */
  const upper = (shape: number, x: number): number => {
    if (x === 0) return 1;
    let [sum, logarithm] = [0, -x];
    for (let k = 0; k < shape; k += 1) {
      sum += Math.exp(logarithm);
      logarithm += Math.log(x / (k + 1));
    }
    return sum;
  };
  for (const [name, expression] of [
    ['GammaRegularizedP', 'gammaP(shape, x)'],
    ['GammaRegularizedQ', 'gammaQ(shape, x)'],
  ] as const) {
    const params = {
      category: 'special',
      special: name,
      columns: columnsNamed('x'),
      secondType: 'columns',
      secondColumns: columnsNamed('shape'),
      outputMode: 'resultOnly',
    };
    const own = (await ((await runNode(applyMathOperation, { data: table }, params)).outputs.data as Table).read()).values().next().value as Float64Array;
    const { onnx, signature } = graphOf(readExpression(expression, table.schema).typed!, table.schema, 'result');
    const again = (await runner.apply(onnx, signature, await table.read(), pairs.length)).get('result') as Float64Array;
    for (const [row, [shape, x]] of pairs.entries()) {
      const wanted = name.endsWith('P') ? 1 - upper(shape, x) : upper(shape, x);
      const allowed = shape < 100 ? 1e-9 : 3e-7;
      expect(Math.abs(own[row]! - wanted), `${name} of ${x}, shape ${shape}: ${own[row]}, not ${wanted}`).toBeLessThan(allowed);
      // A model has x as float32, and the parts are steep where the shape is large.
      expect(Math.abs(again[row]! - own[row]!), `${name} of ${x}, shape ${shape}: ${again[row]} in a model`).toBeLessThan(
        1e-5 * Math.max(1, Math.sqrt(shape) / 30),
      );
    }
  }
  const halves = tableOf({ x: [0.01, 0.25, 1, 4], shape: [0.5, 0.5, 0.5, 0.5] });
  const params = { category: 'special', special: 'GammaRegularizedP', columns: columnsNamed('x'), constant: 0.5, outputMode: 'resultOnly' };
  const found = (await ((await runNode(applyMathOperation, { data: halves }, params)).outputs.data as Table).read()).values().next().value as Float64Array;
  for (const [row, x] of [0.01, 0.25, 1, 4].entries()) expect(found[row]).toBeCloseTo(erf(Math.sqrt(x)), 8);
});

it('polygamma functions and distances of numbers are those that tables and formulas give', async () => {
  const apply = async (category: OperationCategory, name: string, x: number, y = 0): Promise<[number, number]> => {
    const table = tableOf({ x: [x], y: [y] });
    const { typed } = readExpression((OPERATIONS[category] as Record<string, Operation>)[name]!.expression('x', 'y'), table.schema);
    const { onnx, signature } = graphOf(typed!, table.schema, 'result');
    const params = { category, [category]: name, columns: columnsNamed('x'), constant: y, outputMode: 'resultOnly' };
    const own = (await ((await runNode(applyMathOperation, { data: table }, params)).outputs.data as Table).read()).values().next().value as Float64Array;
    return [own[0]!, ((await runner.apply(onnx, signature, await table.read(), 1)).get('result') as Float64Array)[0]!];
  };
  const euler = 0.5772156649015329;
  const zeta3 = 1.2020569031595942;
  const known: readonly [order: number, x: number, value: number][] = [
    [0, 1, -euler],
    [0, 0.5, -euler - 2 * Math.LN2],
    [0, 10, 2.251752589066721],
    [0, 1_000, 6.907255195648812],
    [1, 1, Math.PI ** 2 / 6],
    [1, 0.5, Math.PI ** 2 / 2],
    [1, 100, 0.010050166663333571],
    [2, 1, -2 * zeta3],
    [3, 1, Math.PI ** 4 / 15],
    [5, 0.5, 8 * Math.PI ** 6],
  ];
  for (const [order, x, value] of known)
    for (const [place, found] of (await apply('special', 'PolyGamma', x, order)).entries())
      expect(Math.abs(found / value - 1), `order ${order} of ${x}: ${found}`).toBeLessThan(place === 0 ? 1e-12 : 1e-6);
  for (const [x, order] of [[0, 1], [-1.5, 0], [2, 0.5], [2, -1]] as const) expect(await apply('special', 'PolyGamma', x, order)).toEqual([NaN, NaN]); // prettier-ignore
  for (const x of [1, -1, 0.75, 1.5, 2 - 2 ** -23, 3, 2 ** 29, 2 ** 30 - 64, 1e30, 2 ** -30]) {
    const wanted = 2 ** (Math.floor(Math.log2(Math.abs(x))) - 52);
    expect(await apply('basic', 'Eps', x), String(x)).toEqual([wanted, wanted]);
  }
  expect(await apply('basic', 'Eps', 0)).toEqual([NaN, NaN]);
});

it('factorials are those of whole numbers, and the beta function follows from them', async () => {
  const whole = [0, 1, 2, 3, 4, 7, 10];
  const table = tableOf({ n: whole, k: whole.map((n) => n + 1), m: whole.map((_, index) => index + 1) });
  const valuesOf = async (name: string, category: string, column: string): Promise<number[]> => {
    const params = {
      category,
      [category]: name,
      columns: columnsNamed(column),
      secondType: 'columns',
      secondColumns: columnsNamed('m'),
      outputMode: 'resultOnly',
    };
    const result = (await runNode(applyMathOperation, { data: table }, params)).outputs.data as Table;
    return [...((await result.read()).values().next().value as Float64Array)];
  };
  const doubled = (n: number): number => (n <= 1 ? 1 : n * doubled(n - 2));
  for (const [row, value] of (await valuesOf('Factorial', 'basic', 'n')).entries()) expect(value).toBeCloseTo(factorial(whole[row]!), 4);
  for (const [row, value] of (await valuesOf('DoubleFactorial', 'basic', 'n')).entries()) expect(value).toBeCloseTo(doubled(whole[row]!), 6);
  for (const [row, value] of (await valuesOf('Beta', 'special', 'k')).entries())
    expect(value).toBeCloseTo((factorial(whole[row]!) * factorial(row)) / factorial(whole[row]! + row + 1), 12);
});
