import { z } from 'zod';
import { columnsNamed, columnsOfType } from '../../kit/columns.ts';
import { defineNode, type ColumnStep } from '../../kit/define.ts';
import { printName } from '../../kit/expression/tree.ts';
import { compileToSql } from '../../kit/expression/sql.ts';
import * as param from '../../kit/params.ts';
import { OPEN_TABLE, tableSchema } from '../../kit/table.ts';
import { describeSelection } from '../choose-columns.ts';
import { rowByRow, withName } from '../rows-in-sql.ts';
import { findOperation, titlesOf, type OperationCategory } from './operations.ts';
import { mayGrow, resultSchema, resultsOf, type Asked } from './results.ts';

const operationOf = (category: OperationCategory, initial: string) =>
  param.choice({ title: 'Operation', options: titlesOf(category), default: initial, shownWhen: { param: 'category', is: [category] } });

const params = z.object({
  category: param.choice({
    title: 'Category',
    options: { basic: 'Basic', compare: 'Compare', operations: 'Operations', rounding: 'Rounding', special: 'Special', trigonometric: 'Trigonometric' },
    default: 'operations',
  }),
  basic: operationOf('basic', 'Abs'),
  compare: operationOf('compare', 'EqualTo'),
  operations: operationOf('operations', 'Add'),
  rounding: operationOf('rounding', 'RoundDigits'),
  special: operationOf('special', 'Erf'),
  trigonometric: operationOf('trigonometric', 'Sin'),
  columns: param.columns({
    title: 'Column set',
    port: 'data',
    types: ['number', 'integer'],
    favour: 'number',
    default: columnsOfType('number', 'integer'),
  }),
  secondType: param.choice({
    title: 'Second argument type',
    help: 'For operations of two values, such as Add; for rounding to digits it is the number of digits.',
    options: { constant: 'Constant', columns: 'Columns' },
    default: 'constant',
  }),
  constant: param.number({ title: 'Constant second argument', default: 0, shownWhen: { param: 'secondType', is: ['constant'] } }),
  secondColumns: param.columns({
    title: 'Second columns',
    help: 'One for all, or as many as in the column set: the first with the first, and so on.',
    port: 'data',
    types: ['number', 'integer'],
    favour: 'number',
    default: columnsNamed(),
    shownWhen: { param: 'secondType', is: ['columns'] },
  }),
  outputMode: param.choice({
    title: 'Output mode',
    options: { append: 'Append', inplace: 'Inplace', resultOnly: 'ResultOnly' },
    default: 'append',
  }),
});

function askedOf(given: z.output<typeof params>): Asked {
  const name = String(given[given.category]);
  return { ...given, name, operation: findOperation(given.category, name)! };
}

export const applyMathOperation = defineNode({
  type: 'apply-math-operation',
  version: 1,
  title: 'Apply Math Operation',
  category: 'Data transformation',
  family: 'transform',
  icon: 'number',
  summary: 'Applies one mathematical operation to each of the chosen columns.',
  keywords: [
    'add',
    'subtract',
    'multiply',
    'divide',
    'log',
    'round',
    'compare',
    'sine',
    'exponent',
    'formula',
    'math formula',
    'arithmetic',
    'power',
    'square root',
    'FunctionTransformer',
  ],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params,
  deterministic: true,
  lazy: 'row-wise',
  describe: (given) => `${askedOf(given).name}: ${describeSelection(given.columns)}`,
  infer({ data }, given) {
    if (!data) return { outputs: {}, issues: [] };
    const asked = askedOf(given);
    const { results, issues } = resultsOf(asked, data);
    if (issues.length > 0 || mayGrow(asked.columns, data) || mayGrow(asked.secondColumns, data)) return { outputs: { data: OPEN_TABLE }, issues };
    return { outputs: { data: resultSchema(results, asked.outputMode, data) }, issues };
  },
  sql({ data = tableSchema([]) }, given) {
    const { outputMode } = given;
    const made = new Map(resultsOf(askedOf(given), data).results.map(({ name, read }) => [name, compileToSql(read.typed!)]));
    const list = [...made].map(([name, sql]) => withName(sql, name)).join(', ');
    const whole = `SELECT ${outputMode === 'append' ? `*, ${list}` : outputMode === 'inplace' ? `* REPLACE (${list})` : list} FROM data`;
    return { data: rowByRow(whole, made, data) };
  },
  atScoring(given, { data }) {
    const { results } = data ? resultsOf(askedOf(given), data) : { results: [] };
    const derive = (name: string, expression: string): ColumnStep => ({ do: 'derive', name, expression });
    const names = results.map((each) => each.name);
    const steps: ColumnStep[] =
      given.outputMode === 'inplace'
        ? [
            // By way of names that no column has: an operation must not see what another one has replaced.
            ...results.map(({ expression }, index) => derive(` result ${index}`, expression)),
            ...names.map((name, index) => derive(name, printName(` result ${index}`))),
            { do: 'keep', columns: (data?.columns ?? []).map((each) => each.name) },
          ]
        : [
            ...results.map(({ name, expression }) => derive(name, expression)),
            ...(given.outputMode === 'resultOnly' ? [{ do: 'keep' as const, columns: names }] : []),
          ];
    return { as: 'columns', input: 'data', through: 'data', steps: data ? steps : [] };
  },
});
