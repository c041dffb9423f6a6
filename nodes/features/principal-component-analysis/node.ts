import { z } from 'zod';
import type { ColumnSelection } from '../../kit/columns.ts';
import { defineNode } from '../../kit/define.ts';
import { problem } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { column, isNumeric, tableSchema, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { chooseColumns, freeName, takenNames, wrongType } from '../../transform/choose-columns.ts';

/** All numbers that are features. */
const numericFeatures: ColumnSelection = {
  mode: 'rules',
  start: 'none',
  rules: [
    { action: 'include', by: 'type', values: ['number', 'integer'] },
    { action: 'exclude', by: 'role', values: ['label', 'weight', 'id', 'score'] },
  ],
};

const params = z.object({
  columns: param.columns({ title: 'Selected columns', port: 'data', types: ['number', 'integer'], favour: 'number', default: numericFeatures }),
  components: param.integer({ title: 'Number of dimensions to reduce to', help: 'At most as many as columns.', default: 2, minimum: 1, maximum: 1_000 }),
  normalize: param.flag({
    title: 'Normalize features',
    help: 'Divides each column by its deviation first, so that all count alike. The mean is always taken away.',
    default: true,
  }),
  keep: param.flag({ title: 'Keep selected columns', help: 'Off: the components take their place.', default: false }),
});
type PcaParams = z.output<typeof params>;

export const principalComponentAnalysis = defineNode({
  type: 'principal-component-analysis',
  version: 1,
  title: 'Principal Component Analysis',
  category: 'Data transformation',
  family: 'transform',
  icon: 'components',
  summary: 'Puts many columns into a few that hold most of what varies.',
  keywords: ['pca', 'dimension', 'reduce', 'reduction', 'component', 'eigenvector', 'variance', 'decorrelate', 'TruncatedSVD', 'dimensionality reduction'],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' }, transform: { kind: 'transform', title: 'PCA transformation' } },
  params,
  deterministic: true,
  describe: ({ components }) => `${components} components`,
  infer({ data }, chosen) {
    if (!data) return { outputs: { transform: {} }, issues: [] };
    const { columns, issues } = chooseColumns(chosen.columns, data);
    const wrong = columns.filter((each) => !isNumeric(each.type));
    const found = [...issues, ...wrongType(wrong, columns, 'not numeric. Convert it to indicator values, or leave it out.')];
    if (found.length === 0 && !data.open && chosen.components > columns.length) {
      const message = `${columns.length} columns have at most ${columns.length} components, but ${chosen.components} are wanted.`;
      const fix = columns.length > 0 ? { fix: { title: `Take ${columns.length}`, set: { components: columns.length } } } : {};
      found.push(problem('parameter_invalid', message, { param: 'components', ...fix }));
    }
    return { outputs: { data: schemaAfter(data, columns, chosen), transform: {} }, issues: found };
  },
  atScoring: () => ({ as: 'fitted', output: 'transform', input: 'data', through: 'data' }),
});
export function componentNames(data: TableSchema, { components }: Pick<PcaParams, 'components'>): string[] {
  const taken = takenNames(data);
  return Array.from({ length: components }, (_, index) => freeName(`Component ${index + 1}`, taken));
}

function schemaAfter(data: TableSchema, columns: readonly ColumnSchema[], params: PcaParams): TableSchema {
  const gone = params.keep ? new Set<string>() : new Set(columns.map((each) => each.name));
  const kept = data.columns.filter((each) => !gone.has(each.name));
  return tableSchema([...kept, ...componentNames(data, params).map((name) => column(name, 'number'))], data.open);
}
