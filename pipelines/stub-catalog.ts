import { z } from 'zod';
import { columnSelection, allColumns, selectColumns } from '#nodes/kit/columns.ts';
import { defineNode, type Assets, type Catalog } from '#nodes/kit/define.ts';
import { problem } from '#nodes/kit/issues.ts';
import * as param from '#nodes/kit/params.ts';
import { column, findColumn, OPEN_TABLE, tableSchema } from '#nodes/kit/table.ts';
import type { DocumentEdge, DocumentNode, PipelineDocument } from './document.ts';
import { emptyDocument } from './document.ts';
import { own } from './look-up.ts';

/** A small catalog for the tests of this folder: one node type for each way to behave at scoring. */
const common = { category: 'Data transformation', family: 'transform', icon: 'filter', summary: '', keywords: [], version: 1, deterministic: true } as const;
const dataIn = { data: { kind: 'table', title: 'Dataset' } } as const;
const dataOut = { data: { kind: 'table', title: 'Result dataset' } } as const;

const source = defineNode({
  ...common,
  type: 'source',
  title: 'Source',
  inputs: {},
  outputs: { data: { kind: 'table', title: 'Dataset' } },
  params: z.object({ dataset: param.dataset({ title: 'Dataset' }) }),
  infer: (_inputs, { dataset }, assets) => ({ outputs: { data: assets.dataset(dataset.name, dataset.version) ?? OPEN_TABLE }, issues: [] }),
  atScoring: () => ({ as: 'source' }),
});

/** Infers are counted here, so that tests see what was recomputed. */
export const inferred: string[] = [];

const scale = defineNode({
  ...common,
  type: 'scale',
  version: 2,
  title: 'Scale',
  inputs: dataIn,
  outputs: { ...dataOut, transform: { kind: 'transform', title: 'Transform' } },
  params: z.object({
    method: param.choice({ title: 'Method', options: { zscore: 'Z-score', minmax: 'Min-max' }, default: 'zscore' }),
    factor: param.number({ title: 'Factor', default: 1, minimum: 0 }),
    tag: param.text({ title: 'Tag', default: '' }),
  }),
  migrate: { 2: ({ kind, ...rest }) => ({ ...rest, method: kind }) },
  infer({ data }, { tag }) {
    inferred.push(tag);
    return { outputs: { data, transform: {} }, issues: [] };
  },
  atScoring: () => ({ as: 'fitted', output: 'transform', input: 'data', through: 'data' }),
});

const select = defineNode({
  ...common,
  type: 'select',
  title: 'Select Columns',
  inputs: dataIn,
  outputs: dataOut,
  params: z.object({ columns: param.columns({ title: 'Columns', port: 'data', default: allColumns }) }),
  infer({ data }, { columns }) {
    if (!data) return { outputs: {}, issues: [] };
    const { names, missing } = selectColumns(columns, data);
    return {
      outputs: {
        data: tableSchema(
          names.map((name) => findColumn(data, name)!),
          data.open,
        ),
      },
      issues: missing.map((name) => problem('column_missing', `There is no column "${name}".`, { param: 'columns' })),
    };
  },
  atScoring: ({ columns }, { data }) => ({
    as: 'columns',
    input: 'data',
    through: 'data',
    steps: [{ do: 'keep', columns: selectColumns(columnSelection.parse(columns), data ?? OPEN_TABLE).names }],
  }),
});

const rename = defineNode({
  ...common,
  type: 'rename',
  title: 'Rename',
  inputs: dataIn,
  outputs: dataOut,
  params: z.object({ from: param.text({ title: 'From', default: '' }), to: param.text({ title: 'To', default: '' }) }),
  infer: ({ data }, { from, to }) => ({
    outputs: {
      data:
        data &&
        tableSchema(
          data.columns.map((each) => (each.name === from ? { ...each, name: to } : each)),
          data.open,
        ),
    },
    issues: [],
  }),
  atScoring: ({ from, to }) => ({ as: 'columns', input: 'data', through: 'data', steps: [{ do: 'rename', from, to }] }),
});

const split = defineNode({
  ...common,
  type: 'split',
  title: 'Split',
  inputs: dataIn,
  outputs: { first: { kind: 'table', title: 'First' }, second: { kind: 'table', title: 'Second' } },
  params: z.object({ seed: param.seed() }),
  deterministic: true,
  infer: ({ data }) => ({ outputs: { first: data, second: data }, issues: [] }),
  atScoring: () => ({ as: 'identity', note: 'A request is not split.' }),
});

const open = defineNode({
  ...common,
  type: 'open',
  title: 'Script',
  inputs: dataIn,
  outputs: dataOut,
  params: z.object({}),
  infer: () => ({ outputs: { data: tableSchema([column('known', 'number')], true) }, issues: [] }),
  atScoring: () => ({ as: 'refuse', reason: 'A script cannot be served. Remove it.' }),
});

const join = defineNode({
  ...common,
  type: 'join',
  title: 'Join',
  inputs: { left: { kind: 'table', title: 'Left' }, right: { kind: 'table', title: 'Right', optional: true } },
  outputs: dataOut,
  params: z.object({}),
  infer: ({ left }) => ({ outputs: { data: left }, issues: [] }),
  atScoring: () => ({ as: 'identity' }),
});

const broken = defineNode({
  ...common,
  type: 'broken',
  title: 'Broken',
  inputs: dataIn,
  outputs: dataOut,
  params: z.object({}),
  infer: () => {
    throw new Error('oops');
  },
  atScoring: () => {
    throw new Error('oops');
  },
});

const learner = defineNode({
  ...common,
  type: 'learner',
  title: 'Learner',
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({}),
  infer: () => ({ outputs: { learner: { learner: 'learner', task: 'two-class' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});

const train = defineNode({
  ...common,
  type: 'train',
  title: 'Train Model',
  inputs: { learner: { kind: 'learner', title: 'Untrained model' }, data: { kind: 'table', title: 'Dataset' } },
  outputs: { model: { kind: 'model', title: 'Trained model' } },
  params: z.object({ label: param.oneColumn({ title: 'Label', port: 'data' }) }),
  infer: ({ learner: spec }, { label }) => ({
    outputs: { model: { task: spec?.task, label } },
    issues: label === '' ? [problem('label_missing', 'Choose a label.', { param: 'label' })] : [],
  }),
  atScoring: () => ({ as: 'train' }),
});

const score = defineNode({
  ...common,
  type: 'score',
  title: 'Score Model',
  inputs: { model: { kind: 'model', title: 'Trained model' }, data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Scored dataset' } },
  params: z.object({}),
  infer: ({ data }) => ({
    outputs: { data: data && { ...data, columns: [...data.columns, column('Scored Labels', 'category', { role: 'score' })] } },
    issues: [],
  }),
  atScoring: () => ({ as: 'score' }),
});

const register = defineNode({
  ...common,
  type: 'register',
  title: 'Register Model',
  inputs: { model: { kind: 'model', title: 'Trained model' } },
  outputs: { model: { kind: 'model', title: 'Trained model' } },
  params: z.object({}),
  deterministic: false,
  infer: ({ model }) => ({ outputs: { model }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});

export const stubCatalog: Catalog = { source, scale, select, rename, split, open, join, broken, learner, train, score, register };

export const people = tableSchema([
  column('id', 'integer'),
  column('age', 'number', { nullable: true }),
  column('city', 'category'),
  column('left', 'category'),
]);
export const stubAssets: Assets = { dataset: (name) => (name === 'people' ? people : undefined), file: () => undefined };

/** A document from short notation: nodes as `id:type`, wires as `a.port -> b.port`. */
export function documentOf(
  nodes: readonly string[],
  wires: readonly string[] = [],
  params: Readonly<Record<string, Record<string, unknown>>> = {},
): PipelineDocument {
  return {
    ...emptyDocument('Test'),
    nodes: nodes.map((text): DocumentNode => {
      const [id = '', type = id] = text.split(':');
      return { id, type, version: stubCatalog[type]?.version ?? 1, name: '', comment: '', params: own(params, id) ?? {} };
    }),
    edges: wires.map((text): DocumentEdge => {
      const [from = '', to = ''] = text.split(' -> ');
      const end = (place: string) => ({ node: place.split('.')[0]!, port: place.split('.')[1] ?? 'data' });
      return { from: end(from), to: end(to) };
    }),
  };
}
