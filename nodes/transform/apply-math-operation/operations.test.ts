import { expect, it } from 'vitest';
import { runNode } from '#test/support/run-node.ts';
import { columnsNamed } from '../../kit/columns.ts';
import { readExpression } from '../../kit/expression/expression.ts';
import { graphOf, refusalOf } from '../../kit/expression/graph.ts';
import { relativeDifference } from '../../kit/onnx/prove.server.ts';
import { createOnnxRunner } from '../../kit/onnx/session.server.ts';
import { tableOf, type Table } from '../../kit/table.ts';
import { applyMathOperation } from './node.ts';
import { OPERATIONS, type Operation, type OperationCategory } from './operations.ts';

const values = [-3.5, -2, -1, -0.5, 0, 0.25, 0.5, 1, 2, 2.5, 7, 30];
const data = tableOf({ x: values, y: values.map((_, index) => [2, -3, 0.5, 4][index % 4]!) });
const runner = createOnnxRunner({ threads: 1 });
const all = (Object.keys(OPERATIONS) as OperationCategory[]).flatMap((category) =>
  Object.entries<Operation>(OPERATIONS[category]).map(([name, operation]) => ({ category, name, operation })),
);

/** What the operation is, as JavaScript computes it; not-a-number and infinite mean missing. */
const expected: Readonly<Record<string, (x: number, y: number) => number>> = {
  Abs: Math.abs,
  CubeRoot: Math.cbrt,
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
    const { typed } = readExpression(operation.expression('x', 'y'), data.schema);
    if (refusalOf(typed!) !== null) {
      expect(['Gamma', 'GammaLn']).toContain(name);
      continue;
    }
    const { onnx, signature } = graphOf(typed!, data.schema, 'result');
    const again = [...((await runner.apply(onnx, signature, await data.read(), values.length)).get('result') as Float64Array)];
    for (const [row, value] of own.entries())
      expect(relativeDifference(value, again[row]!), `${name} of ${values[row]}: ${value} in the table, ${again[row]} in the model`).toBeLessThanOrEqual(1e-5);
  }
});
