import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { expressionInSql } from '../../kit/expression/expression.ts';
import { problem } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { OPEN_TABLE, tableSchema } from '../../kit/table.ts';
import { expressionIssues } from '../expression-issues.ts';
import { listing } from '../rows-in-sql.ts';
import { conditionsAsExpression, OPERATORS, type Operator } from './conditions.ts';

const operators = Object.keys(OPERATORS) as Operator[];
const condition = z.object({ column: z.string().default(''), operator: z.enum(operators).default('equal'), value: z.string().max(10_000).default('') });

export const filterRows = defineNode({
  type: 'filter-rows',
  version: 1,
  title: 'Filter Rows',
  category: 'Data transformation',
  family: 'transform',
  icon: 'filter',
  summary: 'Keeps the rows for which conditions hold.',
  keywords: ['where', 'condition', 'query', 'subset', 'remove rows', 'keep rows', 'select rows', 'row filter', 'filter', 'rule-based row filter'],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params: z.object({
    mode: param.choice({ title: 'Filter by', options: { conditions: 'Conditions', expression: 'Expression' }, default: 'conditions' }),
    join: param.choice({
      title: 'Rows must meet',
      options: { all: 'All', any: 'Any' },
      default: 'all',
      shownWhen: { param: 'mode', is: ['conditions'] },
    }),
    conditions: param.list({
      title: 'Conditions',
      port: 'data',
      item: 'condition',
      schema: condition,
      maximumCount: 30,
      fields: [
        { name: 'column', title: 'Column', as: 'column' },
        { name: 'operator', title: 'Comparison', as: 'choice', options: operators.map((value) => ({ value, title: OPERATORS[value] })) },
        {
          name: 'value',
          title: 'Value',
          as: 'text',
          placeholder: 'Oslo',
          shownWhen: { field: 'operator', is: operators.filter((each) => each !== 'missing' && each !== 'present') },
        },
      ],
      shownWhen: { param: 'mode', is: ['conditions'] },
    }),
    expression: param.code({
      title: 'Expression',
      help: "True for the rows to keep: price > 100 and city in ('Oslo', 'Bergen'). The language is that of Derive Column.",
      default: '',
      language: 'expression',
      port: 'data',
      maximum: 5_000,
      shownWhen: { param: 'mode', is: ['expression'] },
    }),
  }),
  deterministic: true,
  lazy: 'counted',
  describe: ({ mode, join, conditions, expression }) =>
    (mode === 'expression'
      ? expression
      : conditions.map(({ column, operator, value }) => `${column} ${OPERATORS[operator]} ${value}`.trim()).join(join === 'all' ? ' and ' : ' or ')
    ).slice(0, 80),
  infer({ data }, { mode, join, conditions, expression }) {
    if (!data) return { outputs: { data: OPEN_TABLE }, issues: [] };
    if (mode === 'expression') return { outputs: { data }, issues: expressionIssues(expression, data, 'expression', 'boolean') };
    if (conditions.length === 0) return { outputs: { data }, issues: [problem('parameter_missing', 'Add a condition.', { param: 'conditions' })] };
    return { outputs: { data }, issues: conditionsAsExpression(conditions, join, data).issues };
  },
  sql({ data = tableSchema([]) }, { mode, join, conditions, expression }) {
    const source = mode === 'expression' ? expression : conditionsAsExpression(conditions, join, data).expression;
    const condition = expressionInSql(source, data, { exact: true });
    return { data: listing((list) => `SELECT ${list} FROM data WHERE ${condition}`) };
  },
  atScoring: () => ({ as: 'identity', note: 'Filter Rows leaves out rows in training only; every row of a request is scored.' }),
});
