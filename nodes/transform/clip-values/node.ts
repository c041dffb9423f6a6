import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { column, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { freeName, takenNames } from '../choose-columns.ts';
import { chooseNumeric, describeFeatures, numericFeatures } from '../feature-columns.ts';
import { inferChange } from '../fitted-columns.ts';

const SUBSTITUTES = { threshold: 'Threshold', mean: 'Mean', median: 'Median', missing: 'Missing' } as const;
const UPPER = ['peaks', 'both'];
const LOWER = ['subpeaks', 'both'];

const params = z.object({
  clip: param.choice({
    title: 'Set of thresholds',
    options: { peaks: 'ClipPeaks', subpeaks: 'ClipSubpeaks', both: 'ClipPeaksAndSubpeaks' },
    default: 'peaks',
  }),
  threshold: param.choice({ title: 'Threshold', options: { constant: 'Constant', percentile: 'Percentile' }, default: 'constant' }),
  upper: param.number({
    title: 'Upper threshold',
    help: 'A constant, or a percentile from 0 to 100 such as 99.',
    default: 1,
    shownWhen: { param: 'clip', is: UPPER },
  }),
  upperSubstitute: param.choice({
    title: 'Substitute value for peaks',
    options: SUBSTITUTES,
    default: 'threshold',
    shownWhen: { param: 'clip', is: UPPER },
  }),
  lower: param.number({
    title: 'Lower threshold',
    help: 'A constant, or a percentile from 0 to 100 such as 1.',
    default: -1,
    shownWhen: { param: 'clip', is: LOWER },
  }),
  lowerSubstitute: param.choice({
    title: 'Substitute value for subpeaks',
    options: SUBSTITUTES,
    default: 'threshold',
    shownWhen: { param: 'clip', is: LOWER },
  }),
  columns: param.columns({ title: 'List of columns', port: 'data', types: ['number', 'integer'], favour: 'number', default: numericFeatures }),
  overwrite: param.flag({ title: 'Overwrite flag', help: 'Off: the clipped values go to new columns, name_Clipped.', default: true }),
  indicator: param.flag({ title: 'Add indicator columns', help: 'Adds name_IsClipped, which tells where a value was clipped.', default: false }),
});
export type ClipParams = z.output<typeof params>;

export interface ClipTarget {
  readonly source: ColumnSchema;
  readonly clipped: ColumnSchema;
  readonly indicator?: ColumnSchema;
}

export const clipsUpper = ({ clip }: ClipParams): boolean => UPPER.includes(clip);
export const clipsLower = ({ clip }: ClipParams): boolean => LOWER.includes(clip);

/** The columns that are made of each chosen one. */
export function clipTargets(columns: readonly ColumnSchema[], data: TableSchema, chosen: ClipParams): ClipTarget[] {
  const gaps = (clipsUpper(chosen) && chosen.upperSubstitute === 'missing') || (clipsLower(chosen) && chosen.lowerSubstitute === 'missing');
  const taken = takenNames(data);
  return columns.map((source) => {
    const nullable = source.nullable || gaps;
    const clipped: ColumnSchema = chosen.overwrite
      ? { ...source, type: 'number', nullable }
      : column(freeName(`${source.name}_Clipped`, taken), 'number', { nullable });
    return chosen.indicator ? { source, clipped, indicator: column(freeName(`${source.name}_IsClipped`, taken), 'boolean') } : { source, clipped };
  });
}

/** The columns in the order in which they are made: values, then indicators. */
export const madeColumns = (targets: readonly ClipTarget[]): ColumnSchema[] => [
  ...targets.map((each) => each.clipped),
  ...targets.flatMap(({ indicator }) => indicator ?? []),
];

function thresholdIssues(chosen: ClipParams): Issue[] {
  const [upper, lower] = [clipsUpper(chosen), clipsLower(chosen)];
  const used = [...(upper ? (['upper'] as const) : []), ...(lower ? (['lower'] as const) : [])];
  const issues =
    chosen.threshold === 'percentile'
      ? used
          .filter((each) => chosen[each] < 0 || chosen[each] > 100)
          .map((each) => problem('parameter_invalid', `${chosen[each]} is no percentile. Give a number from 0 to 100.`, { param: each }))
      : [];
  if (upper && lower && chosen.lower > chosen.upper) {
    const fix = { title: 'Exchange them', set: { lower: chosen.upper, upper: chosen.lower } };
    issues.push(problem('parameter_invalid', `The lower threshold ${chosen.lower} is above the upper threshold ${chosen.upper}.`, { param: 'lower', fix }));
  }
  return issues;
}

export const clipValues = defineNode({
  type: 'clip-values',
  version: 1,
  title: 'Clip Values',
  category: 'Data transformation',
  family: 'transform',
  icon: 'norm',
  summary: 'Replaces values above or below a threshold.',
  keywords: ['clip', 'outlier', 'winsorize', 'winsorise', 'cap', 'limit', 'peak', 'percentile', 'truncate', 'numeric outliers', 'outliers'],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' }, transform: { kind: 'transform', title: 'Clipping transformation' } },
  params,
  deterministic: true,
  describe(chosen) {
    const percent = chosen.threshold === 'percentile' ? ' %' : '';
    const range = [...(clipsLower(chosen) ? [`≥ ${chosen.lower}${percent}`] : []), ...(clipsUpper(chosen) ? [`≤ ${chosen.upper}${percent}`] : [])];
    return `${describeFeatures(chosen.columns)} ${range.join(', ')}`;
  },
  infer({ data }, chosen) {
    const wrong = thresholdIssues(chosen);
    if (!data) return { outputs: { transform: {} }, issues: wrong };
    const { columns, issues } = chooseNumeric(chosen.columns, data, 'it has no peaks. Leave it out.');
    const made = madeColumns(clipTargets(columns, data, chosen));
    return { outputs: inferChange(data, { sources: columns, made }), issues: [...wrong, ...issues] };
  },
  atScoring: () => ({ as: 'fitted', output: 'transform', input: 'data', through: 'data' }),
});
