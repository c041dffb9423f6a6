import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { column, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { freeName, takenNames } from '../choose-columns.ts';
import { categoryFeatures, chooseTextual, describeFeatures } from '../feature-columns.ts';
import { inferChange } from '../fitted-columns.ts';
import { readMapping } from './mapping.ts';

const params = z.object({
  columns: param.columns({ title: 'Columns to group', port: 'data', types: ['category', 'text'], favour: 'text', default: categoryFeatures }),
  by: param.choice({
    title: 'Group',
    options: { share: 'Levels with a small share of rows', count: 'Levels with few rows', mapping: 'By a mapping' },
    default: 'share',
  }),
  share: param.number({
    title: 'Smallest share',
    help: 'Levels of fewer rows than this share of all are grouped.',
    default: 0.01,
    minimum: 0,
    maximum: 1,
    step: 0.01,
    shownWhen: { param: 'by', is: ['share'] },
  }),
  count: param.integer({
    title: 'Smallest number of rows',
    help: 'Levels of fewer rows are grouped.',
    default: 10,
    minimum: 1,
    shownWhen: { param: 'by', is: ['count'] },
  }),
  mapping: param.text({
    title: 'Mapping',
    help: 'Lines such as `Norway = Nordic`: the level, and what it becomes.',
    default: '',
    maximum: 100_000,
    placeholder: 'Norway = Nordic',
    shownWhen: { param: 'by', is: ['mapping'] },
  }),
  unmapped: param.choice({
    title: 'Levels that are not mapped',
    options: { keep: 'Stay', other: 'Become the other level' },
    default: 'keep',
    shownWhen: { param: 'by', is: ['mapping'] },
  }),
  other: param.text({ title: 'Name of the other level', default: 'other', maximum: 1_000 }),
  overwrite: param.flag({ title: 'Overwrite columns', help: 'Off: the groups go to new columns, name_Grouped.', default: true }),
});
export type GroupParams = z.output<typeof params>;

/** The columns of groups, one for each chosen column. */
export function groupColumns(columns: readonly ColumnSchema[], data: TableSchema, { overwrite }: GroupParams): ColumnSchema[] {
  const taken = takenNames(data);
  return columns.map((each) =>
    overwrite ? { ...each, type: 'category', nullable: true } : column(freeName(`${each.name}_Grouped`, taken), 'category', { nullable: true }),
  );
}

function ownIssues({ by, mapping, unmapped, other }: GroupParams): Issue[] {
  if (other === '' && (by !== 'mapping' || unmapped === 'other')) return [problem('parameter_missing', 'Give the other level a name.', { param: 'other' })];
  if (by !== 'mapping') return [];
  const { pairs, wrong } = readMapping(mapping);
  if (wrong.length > 0) {
    return [problem('parameter_invalid', `Line ${wrong[0]} of the mapping is not of the form “level = group”, or maps a level twice.`, { param: 'mapping' })];
  }
  return pairs.size === 0 ? [problem('parameter_missing', 'Give a mapping, such as “Norway = Nordic”.', { param: 'mapping' })] : [];
}

export const groupCategoricalValues = defineNode({
  type: 'group-categorical-values',
  version: 1,
  title: 'Group Categorical Values',
  category: 'Data transformation',
  family: 'transform',
  icon: 'group',
  summary: 'Makes one level of rare ones, or of those that you name.',
  keywords: [
    'rare',
    'other',
    'group',
    'levels',
    'categorical',
    'map',
    'recode',
    'merge',
    'lump',
    'rule engine',
    'cell replacer',
    'rare label encoder',
    'merge values',
  ],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Grouped dataset' }, transform: { kind: 'transform', title: 'Grouping transformation' } },
  params,
  deterministic: true,
  describe: ({ columns, by, other }) => `${describeFeatures(columns)}: ${by === 'mapping' ? 'by a mapping' : `rare → ${other}`}`,
  infer({ data }, chosen) {
    const wrong = ownIssues(chosen);
    if (!data) return { outputs: { transform: {} }, issues: wrong };
    const { columns, issues } = chooseTextual(chosen.columns, data, 'it has no levels. Leave it out.');
    return { outputs: inferChange(data, { sources: columns, made: groupColumns(columns, data, chosen) }), issues: [...wrong, ...issues] };
  },
  atScoring: () => ({ as: 'fitted', output: 'transform', input: 'data', through: 'data' }),
});
