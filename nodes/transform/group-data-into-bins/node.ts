import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import { chooseLabel } from '../../kit/model-schema.ts';
import * as param from '../../kit/params.ts';
import { column, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { freeName, takenNames } from '../choose-columns.ts';
import { chooseNumeric, describeFeatures, numericFeatures } from '../feature-columns.ts';
import { inferChange } from '../fitted-columns.ts';

const MODES = { quantiles: 'Quantiles', 'equal-width': 'Equal Width', custom: 'Custom Edges', tree: 'Tree-based by label' } as const;

const params = z.object({
  mode: param.choice({ title: 'Binning mode', options: MODES, default: 'quantiles' }),
  bins: param.integer({
    title: 'Number of bins',
    help: 'At most so many: fewer where there are not enough different values.',
    default: 10,
    minimum: 1,
    maximum: 1_000,
    shownWhen: { param: 'mode', is: ['quantiles', 'equal-width', 'tree'] },
  }),
  normalization: param.choice({
    title: 'Quantile normalization',
    help: 'By what a bin is called: its share of the bins up to it, or its number.',
    options: { percent: 'Percent', 'p-quantile': 'PQuantile', index: 'QuantileIndex' },
    default: 'index',
    shownWhen: { param: 'mode', is: ['quantiles'] },
  }),
  edges: param.numbers({
    title: 'List of bin edges',
    help: 'Rising numbers. A value that equals an edge belongs to the bin below it.',
    default: [0],
    maximumCount: 999,
    shownWhen: { param: 'mode', is: ['custom'] },
  }),
  label: param.oneColumn({
    title: 'Label column',
    help: 'The bins tell its values apart as well as they can. Empty: the column with the label role.',
    port: 'data',
    optional: true,
    shownWhen: { param: 'mode', is: ['tree'] },
  }),
  columns: param.columns({ title: 'Columns to bin', port: 'data', types: ['number', 'integer'], favour: 'number', default: numericFeatures }),
  output: param.choice({ title: 'Output mode', options: { append: 'Append', inplace: 'Inplace', result: 'ResultOnly' }, default: 'append' }),
  categorical: param.flag({ title: 'Tag columns as categorical', help: 'Off: the bins are numbers.', default: true }),
});
export type BinParams = z.output<typeof params>;

/** What the bins are called by; only quantiles are called by anything but their numbers. */
export const binNames = ({ mode, normalization }: BinParams): BinParams['normalization'] => (mode === 'quantiles' ? normalization : 'index');

/** The columns of bins, one for each chosen column. */
export function binColumns(columns: readonly ColumnSchema[], data: TableSchema, params: BinParams): ColumnSchema[] {
  const { output, categorical } = params;
  const taken = output === 'result' ? new Set<string>() : takenNames(data);
  const type = categorical ? 'category' : binNames(params) === 'index' ? 'integer' : 'number';
  return columns.map(({ name, nullable, role }) =>
    output === 'inplace' ? { name, type, role, nullable } : column(freeName(`${name}_quantized`, taken), type, { nullable }),
  );
}

/** What passes on beside the bins. */
export const binKeeps = ({ output }: BinParams): { keeps?: readonly string[] } => (output === 'result' ? { keeps: [] } : {});

function ownIssues({ mode, edges }: BinParams, data: TableSchema | undefined, label: string): Issue[] {
  if (mode === 'tree') return data ? [...chooseLabel(data, label).issues] : [];
  if (mode !== 'custom' || edges.every((each, index) => index === 0 || each > edges[index - 1]!)) return [];
  const rising = [...new Set(edges)].sort((a, b) => a - b);
  return [problem('parameter_invalid', 'The edges must rise.', { param: 'edges', fix: { title: 'Sort them', set: { edges: rising } } })];
}

export const groupDataIntoBins = defineNode({
  type: 'group-data-into-bins',
  version: 1,
  title: 'Group Data into Bins',
  category: 'Data transformation',
  family: 'transform',
  icon: 'bins',
  summary: 'Makes groups of numbers: equally many, equally wide, by edges, or by what a label tells apart.',
  keywords: [
    'bin',
    'bucket',
    'discretize',
    'discretise',
    'quantize',
    'quantise',
    'quantile',
    'histogram',
    'group',
    'tree',
    'KBinsDiscretizer',
    'discretizer',
    'numeric binner',
    'auto-binner',
    'cut',
    'qcut',
    'binning',
  ],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Quantized dataset' }, transform: { kind: 'transform', title: 'Binning transformation' } },
  params,
  deterministic: true,
  describe: ({ mode, bins, edges, columns }) => `${describeFeatures(columns)} → ${mode === 'custom' ? edges.length + 1 : bins} bins, ${MODES[mode]}`,
  infer({ data }, chosen) {
    const wrong = ownIssues(chosen, data, chosen.label);
    if (!data) return { outputs: { transform: {} }, issues: wrong };
    const { columns, issues } = chooseNumeric(chosen.columns, data, 'it has no bins. Leave it out.');
    return { outputs: inferChange(data, { sources: columns, made: binColumns(columns, data, chosen), ...binKeeps(chosen) }), issues: [...wrong, ...issues] };
  },
  atScoring: () => ({ as: 'fitted', output: 'transform', input: 'data', through: 'data' }),
});
