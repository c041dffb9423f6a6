import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { column, findColumn, isTextual, tableSchema, type TableSchema } from '../../kit/table.ts';

const TESTS = {
  welch: 't-test of two samples (Welch)',
  pooled: 't-test of two samples with equal variances',
  paired: 't-test of pairs',
  'one-sample': 't-test of one sample',
  'mann-whitney': 'Mann–Whitney test',
  'chi-squared': 'Chi-squared test of independence',
} as const;
export type TestName = keyof typeof TESTS;
export const titleOf = (test: TestName): string => TESTS[test];

export const RESULT = tableSchema([
  column('Test', 'text'),
  column('Sample 1', 'text'),
  column('Sample 2', 'text', { nullable: true }),
  column('Rows 1', 'integer'),
  column('Rows 2', 'integer', { nullable: true }),
  column('Mean 1', 'number', { nullable: true }),
  column('Mean 2', 'number', { nullable: true }),
  column('Statistic', 'number', { nullable: true }),
  column('Degrees of Freedom', 'number', { nullable: true }),
  column('P-Value', 'number', { nullable: true }),
  column('Effect', 'text'),
  column('Effect Size', 'number', { nullable: true }),
  column('Interval Low', 'number', { nullable: true }),
  column('Interval High', 'number', { nullable: true }),
]);

const TWO_SAMPLES = ['welch', 'pooled', 'mann-whitney'] as const;
const params = z.object({
  test: param.choice({ title: 'Test', options: TESTS, default: 'welch' }),
  samples: param.choice({
    title: 'Samples',
    options: { groups: 'A column in two groups', columns: 'Two columns' },
    default: 'groups',
    shownWhen: { param: 'test', is: TWO_SAMPLES },
  }),
  first: param.oneColumn({ title: 'First column', help: 'The numbers to test; of the chi-squared test a category.', port: 'data' }),
  second: param.oneColumn({
    title: 'Second column',
    help: 'The column of groups, the other numbers, or the other category.',
    port: 'data',
    shownWhen: { param: 'test', is: [...TWO_SAMPLES, 'paired', 'chi-squared'] },
  }),
  mean: param.number({ title: 'Hypothesised mean', default: 0, shownWhen: { param: 'test', is: ['one-sample'] } }),
  alternative: param.choice({
    title: 'Alternative',
    help: 'What is to be shown: that the first differs from the second (or from the mean), is greater, or less.',
    options: { 'two-sided': 'Differs', greater: 'Greater', less: 'Less' },
    default: 'two-sided',
    shownWhen: { param: 'test', is: [...TWO_SAMPLES, 'paired', 'one-sample'] },
  }),
  confidence: param.number({
    title: 'Confidence level',
    help: 'Of the interval around the mean or the difference of means.',
    default: 0.95,
    above: 0,
    maximum: 0.9999,
    step: 0.01,
    shownWhen: { param: 'test', is: ['welch', 'pooled', 'paired', 'one-sample'] },
  }),
});
export type HypothesisParams = z.output<typeof params>;

/** Whether the second column holds groups rather than numbers. */
export const isGrouped = ({ test, samples }: HypothesisParams): boolean => samples === 'groups' && TWO_SAMPLES.some((each) => each === test);

/** What is wrong with the choice of columns; nothing is said of columns of an open table that may come. */
export function columnIssues(data: TableSchema, chosen: HypothesisParams): Issue[] {
  const places = chosen.test === 'one-sample' ? (['first'] as const) : (['first', 'second'] as const);
  const issues: Issue[] = [];
  for (const place of places) {
    const name = chosen[place];
    const found = findColumn(data, name);
    const categories = chosen.test === 'chi-squared' || (place === 'second' && isGrouped(chosen));
    if (name === '') issues.push(problem('parameter_missing', `Choose the ${place} column.`, { param: place }));
    else if (!found && !data.open) issues.push(problem('column_missing', `The table has no column “${name}”. Choose another.`, { param: place }));
    else if (found && !categories && (isTextual(found.type) || found.type === 'datetime'))
      issues.push(problem('column_wrong_type', `“${name}” is not numeric, so it has no mean. Choose a number, or the chi-squared test.`, { param: place }));
  }
  if (places.length === 2 && chosen.first !== '' && chosen.first === chosen.second)
    issues.push(problem('parameter_invalid', 'Both columns are the same. Choose two.', { param: 'second' }));
  return issues;
}

export const testHypothesis = defineNode({
  type: 'test-hypothesis',
  version: 1,
  title: 'Test Hypothesis',
  category: 'Statistical functions',
  family: 'transform',
  icon: 'balance',
  summary: 'Tells whether a difference is more than chance.',
  keywords: [
    't-test',
    'student',
    'welch',
    'paired',
    'chi squared',
    'mann-whitney',
    'wilcoxon',
    'p-value',
    'significance',
    'effect size',
    'cohen',
    'cramer',
    'a/b test',
    'ttest',
    'anova',
    'chi square',
  ],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { results: { kind: 'table', title: 'Results dataset' } },
  params,
  deterministic: true,
  describe: ({ test, first, second }) => `${TESTS[test]}: ${test === 'one-sample' ? first : `${first}, ${second}`}`,
  infer: ({ data }, chosen) => ({ outputs: { results: RESULT }, issues: data ? columnIssues(data, chosen) : [] }),
  atScoring: () => ({ as: 'refuse', reason: 'Test Hypothesis judges a whole table, which a request is not. Wire what is served past it.' }),
});
