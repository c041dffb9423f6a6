import { z } from 'zod';
import { columnsNamed } from '../../kit/columns.ts';
import { defineNode, quoteName, type ColumnStep } from '../../kit/define.ts';
import { printName, printText } from '../../kit/expression/tree.ts';
import { castInSql } from '../../kit/onnx/cast.ts';
import * as param from '../../kit/params.ts';
import { isTextual, tableSchema, type ColumnType } from '../../kit/table.ts';
import { describeSelection } from '../choose-columns.ts';
import { rowByRow, withName } from '../rows-in-sql.ts';
import { planChanges, type Change } from './changes.ts';

export const editMetadata = defineNode({
  type: 'edit-metadata',
  version: 1,
  title: 'Edit Metadata',
  category: 'Data transformation',
  family: 'transform',
  icon: 'category',
  summary: 'Changes the type, the role or the names of columns.',
  keywords: [
    'rename',
    'type',
    'cast',
    'convert',
    'categorical',
    'label',
    'role',
    'feature',
    'weight',
    'identifier',
    'date',
    'column rename',
    'rename columns',
    'astype',
    'dtype',
    'select columns roles',
    'domain',
    'edit domain',
    'string to number',
    'number to string',
    'column type',
  ],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params: z.object({
    columns: param.columns({ title: 'Column', help: 'The columns to change.', port: 'data', default: columnsNamed() }),
    dataType: param.choice({
      title: 'Data type',
      help: 'Values that cannot be read as the new type become missing.',
      options: { unchanged: 'Unchanged', string: 'String', integer: 'Integer', double: 'Double', boolean: 'Boolean', datetime: 'DateTime' },
      default: 'unchanged',
    }),
    datetimeFormat: param.text({
      title: 'DateTime format',
      help: 'As in strptime, such as %d.%m.%Y %H:%M. Empty: ISO 8601.',
      default: '',
      maximum: 200,
      placeholder: '%Y-%m-%d',
      shownWhen: { param: 'dataType', is: ['datetime', 'string'] },
    }),
    categorical: param.choice({
      title: 'Categorical',
      options: { unchanged: 'Unchanged', categorical: 'Categorical', 'non-categorical': 'Non-categorical' },
      default: 'unchanged',
    }),
    fields: param.choice({
      title: 'Fields',
      help: 'What the columns are for. A table has one label and one weight.',
      options: {
        unchanged: 'Unchanged',
        feature: 'Feature',
        label: 'Label',
        weight: 'Weight',
        id: 'Identifier',
        'clear-feature': 'Clear feature',
        'clear-label': 'Clear label',
        'clear-score': 'Clear score',
      },
      default: 'unchanged',
    }),
    newNames: param.text({
      title: 'New column names',
      help: 'One for each chosen column, with commas between. Empty: the names stay.',
      default: '',
      placeholder: 'age, city',
    }),
  }),
  deterministic: true,
  lazy: 'row-wise',
  describe({ columns, dataType, categorical, fields, newNames }) {
    const done: string[] = [dataType, categorical, fields].filter((each) => each !== 'unchanged');
    if (newNames.trim() !== '') done.push(newNames.trim());
    return `${describeSelection(columns)}${done.length > 0 ? ` → ${done.join(', ')}` : ''}`;
  },
  infer({ data }, params) {
    if (!data) return { outputs: {}, issues: [] };
    const { changes, issues } = planChanges(params, data);
    return {
      outputs: {
        data: tableSchema(
          changes.map((each) => each.to),
          data.open,
        ),
      },
      issues,
    };
  },
  sql({ data }, params) {
    const { changes } = planChanges(params, data ?? tableSchema([]));
    const format = params.datetimeFormat.trim() || undefined;
    const whole = changes.map(({ from, to, through }) => withName(cast(from, through, format), to.name));
    const changed = changes.filter(({ from, to, through }) => through.length > 0 || from.name !== to.name);
    const made = new Map(changed.map(({ from, to, through }) => [to.name, cast(from, through, format)]));
    return { data: rowByRow(`SELECT ${whole.join(', ')} FROM data`, made, data ?? tableSchema([])) };
  },
  atScoring(params, { data }) {
    const { changes } = planChanges(params, data ?? tableSchema([]));
    const casts = changes.flatMap(({ from, through }) =>
      through.map((to, at) => castStep(from.name, through[at - 1] ?? from.type, to, params.datetimeFormat.trim())),
    );
    return { as: 'columns', input: 'data', through: 'data', steps: [...casts, ...renames(changes)] };
  },
});

function cast({ name, type }: Change['from'], through: Change['through'], format: string | undefined): string {
  let [sql, now] = [quoteName(name), type];
  for (const to of through) [sql, now] = [castInSql(sql, now, to, format), to];
  return sql;
}

function castStep(name: string, from: ColumnType, to: ColumnType, format: string): ColumnStep {
  if (!isTextual(from) || to !== 'datetime') return { do: 'cast', column: name, to };
  const values = [printName(name), ...(format === '' ? [] : [printText(format)])];
  return { do: 'derive', name, expression: `date(${values.join(', ')})` };
}

/** Renames in an order in which none meets a name that is still in use; those that change places go by way of a name that no column has. */
function renames(changes: readonly Change[]): ColumnStep[] {
  const pairs = changes.filter(({ from, to }) => from.name !== to.name).map(({ from, to }) => [from.name, to.name] as const);
  const names = new Set(changes.map(({ from }) => from.name));
  if (!pairs.some(([, to]) => names.has(to))) return pairs.map(([from, to]) => ({ do: 'rename', from, to }));
  const between = pairs.map(([from, to], index) => [from, ` renamed ${index}`, to] as const);
  return [...between.map(([from, to]): ColumnStep => ({ do: 'rename', from, to })), ...between.map(([, from, to]): ColumnStep => ({ do: 'rename', from, to }))];
}
