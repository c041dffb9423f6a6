import { z } from 'zod';
import { allColumns } from '../../kit/columns.ts';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';
import { OPEN_TABLE, tableSchema } from '../../kit/table.ts';
import { rowByRow, withName } from '../rows-in-sql.ts';
import { planReplacing, stepOf, valueInSql } from './plan.ts';

const replacing = { param: 'action', is: ['replace'] };

const params = z.object({
  action: param.choice({ title: 'Action', options: { none: 'None', setMissing: 'SetMissingValue', replace: 'ReplaceValues' }, default: 'none' }),
  columns: param.columns({ title: 'Columns', port: 'data', default: allColumns, shownWhen: { param: 'action', is: ['setMissing', 'replace'] } }),
  missingValue: param.text({
    title: 'Custom missing value',
    help: 'Values that are just this become missing.',
    default: '?',
    maximum: 1_000,
    shownWhen: { param: 'action', is: ['setMissing'] },
  }),
  replace: param.choice({ title: 'Replace', options: { missing: 'Missing', custom: 'Custom' }, default: 'missing', shownWhen: replacing }),
  customValue: param.text({
    title: 'Custom value',
    help: 'Values that are just this are replaced.',
    default: '',
    maximum: 1_000,
    shownWhen: { param: 'replace', is: ['custom'] },
  }),
  newValue: param.text({ title: 'New value', default: '0', maximum: 1_000, shownWhen: replacing }),
});
export type ConvertParams = z.output<typeof params>;

export const convertToDataset = defineNode({
  type: 'convert-to-dataset',
  version: 1,
  title: 'Convert to Dataset',
  category: 'Data transformation',
  family: 'transform',
  icon: 'dataset',
  summary: 'Makes a value stand for missing, or replaces one value by another.',
  keywords: ['missing', 'null', 'na', 'replace', 'value', 'question mark', 'sentinel', 'fill'],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params,
  deterministic: true,
  lazy: 'row-wise',
  describe({ action, missingValue, replace, customValue, newValue }) {
    if (action === 'none') return '';
    return action === 'setMissing'
      ? `${missingValue} → missing`
      : `${replace === 'missing' ? 'missing' : customValue} → ${newValue === '' ? 'missing' : newValue}`;
  },
  infer({ data }, chosen) {
    if (!data) return { outputs: { data: OPEN_TABLE }, issues: [] };
    const { changes, issues } = planReplacing(chosen, data);
    const after = new Map(changes.map((each) => [each.column.name, each.column]));
    return {
      outputs: {
        data: tableSchema(
          data.columns.map((each) => after.get(each.name) ?? each),
          data.open,
        ),
      },
      issues,
    };
  },
  sql({ data = tableSchema([]) }, chosen) {
    const { changes } = planReplacing(chosen, data);
    const made = new Map(changes.map((each) => [each.column.name, valueInSql(each)]));
    const list = [...made].map(([name, sql]) => withName(sql, name)).join(', ');
    return { data: rowByRow(list === '' ? 'SELECT * FROM data' : `SELECT * REPLACE (${list}) FROM data`, made, data) };
  },
  atScoring(chosen, { data }) {
    const { changes } = planReplacing(chosen, data ?? tableSchema([]));
    return changes.length === 0 && data ? { as: 'identity' } : { as: 'columns', input: 'data', through: 'data', steps: changes.map(stepOf) };
  },
});
