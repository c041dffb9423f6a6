import { z } from 'zod';
import { allColumns } from '../../kit/columns.ts';
import * as param from '../../kit/params.ts';
import { COLUMN_TYPES } from '../../kit/table.ts';

export const MODES = {
  custom: 'Custom substitution value',
  mean: 'Replace with mean',
  median: 'Replace with median',
  mode: 'Replace with mode',
  iterative: 'Replace by chained regressions',
  'remove-row': 'Remove entire row',
  'remove-column': 'Remove entire column',
} as const;
const RULE_MODES = { ...MODES, leave: 'Leave as it is' } as const;
export type Mode = keyof typeof RULE_MODES;
const COMPUTED = ['mean', 'median', 'mode', 'iterative'] as const;
const RULE_MODE_NAMES = Object.keys(RULE_MODES) as Mode[];
const TYPE_TITLES = {
  number: 'Number',
  integer: 'Whole number',
  boolean: 'True or false',
  text: 'Text',
  category: 'Category',
  datetime: 'Date and time',
} as const;

const rule = z.object({
  by: z.enum(['name', 'type', 'pattern']).default('name'),
  column: z.string().default(''),
  type: z.enum(COLUMN_TYPES).default('category'),
  pattern: z.string().max(500).default(''),
  mode: z.enum(RULE_MODE_NAMES).default('mode'),
  value: z.string().max(1_000).default('0'),
});

export const params = z.object({
  columns: param.columns({ title: 'Columns to be cleaned', port: 'data', favour: 'missing', default: allColumns }),
  minimumRatio: param.number({
    title: 'Minimum missing value ratio',
    help: 'Columns with a smaller share of missing values stay as they are.',
    default: 0,
    minimum: 0,
    maximum: 1,
    step: 0.05,
    advanced: true,
  }),
  maximumRatio: param.number({
    title: 'Maximum missing value ratio',
    help: 'Columns with a larger share of missing values stay as they are.',
    default: 1,
    minimum: 0,
    maximum: 1,
    step: 0.05,
    advanced: true,
  }),
  mode: param.choice({ title: 'Cleaning mode', help: 'Of all chosen columns that no rule is about.', options: MODES, default: 'custom' }),
  value: param.text({
    title: 'Replacement value',
    help: 'Must suit the type of each column that is cleaned.',
    default: '0',
    maximum: 1_000,
    shownWhen: { param: 'mode', is: ['custom'] },
  }),
  rules: param.list({
    title: 'Rules',
    help: 'Chosen columns that are cleaned in another way. The first rule that is about a column counts.',
    port: 'data',
    item: 'a rule',
    schema: rule,
    fields: [
      {
        name: 'by',
        title: 'Columns',
        as: 'choice',
        options: [
          { value: 'name', title: 'One column' },
          { value: 'type', title: 'By type' },
          { value: 'pattern', title: 'By pattern' },
        ],
      },
      { name: 'column', title: 'Column', as: 'column', shownWhen: { field: 'by', is: ['name'] } },
      {
        name: 'type',
        title: 'Type',
        as: 'choice',
        options: COLUMN_TYPES.map((value) => ({ value, title: TYPE_TITLES[value] })),
        shownWhen: { field: 'by', is: ['type'] },
      },
      { name: 'pattern', title: 'Name like', as: 'text', placeholder: 'total_*', shownWhen: { field: 'by', is: ['pattern'] } },
      { name: 'mode', title: 'Cleaning mode', as: 'choice', options: RULE_MODE_NAMES.map((value) => ({ value, title: RULE_MODES[value] })) },
      { name: 'value', title: 'Replacement value', as: 'text', shownWhen: { field: 'mode', is: ['custom'] } },
    ],
  }),
  rounds: param.integer({
    title: 'Rounds of regressions',
    help: 'How often each column is estimated anew from the others.',
    default: 10,
    minimum: 1,
    maximum: 50,
    shownWhen: { param: 'mode', is: ['iterative'] },
    advanced: true,
  }),
  allMissing: param.choice({
    title: 'Cols with all missing values',
    help: 'A column without any value has no mean, median or mode.',
    options: { remove: 'Remove', propagate: 'Propagate' },
    default: 'remove',
    shownWhen: { param: 'mode', is: COMPUTED },
  }),
  indicator: param.flag({
    title: 'Generate missing value indicator column',
    help: 'Adds name_IsMissing for each cleaned column that can have missing values.',
    default: false,
    shownWhen: { param: 'mode', is: ['custom', ...COMPUTED] },
  }),
});
export type CleanParams = z.output<typeof params>;
