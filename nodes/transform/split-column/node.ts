import { z } from 'zod';
import { defineNode, quoteName, quoteText } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import { printName, printText } from '../../kit/expression/tree.ts';
import * as param from '../../kit/params.ts';
import { column, findColumn, isTextual, tableSchema, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { partInSql, trimmedInSql } from '../../kit/text-in-sql.ts';
import { stepsBeside } from '../steps-beside.ts';
import { freeName, takenNames } from '../choose-columns.ts';
import { rowByRow, withName } from '../rows-in-sql.ts';

const params = z.object({
  column: param.oneColumn({ title: 'Column', port: 'data', types: ['text', 'category'] }),
  delimiter: param.text({ title: 'Delimiter', help: 'The text between the parts.', default: ',' }),
  parts: param.integer({ title: 'Number of parts', default: 2, minimum: 1, maximum: 1_000 }),
  names: param.text({
    title: 'Names of the parts',
    help: 'With commas between. Empty: the name of the column with -1, -2 …',
    default: '',
    placeholder: 'first name, last name',
  }),
  rest: param.choice({ title: 'Further parts', options: { keep: 'Stay in the last one', drop: 'Are left out' }, default: 'keep' }),
  trim: param.flag({ title: 'Trim spaces', default: true }),
  overwrite: param.flag({ title: 'Leave out the column itself', default: false }),
});
type SplitParams = z.output<typeof params>;

interface Plan {
  readonly source: ColumnSchema | undefined;
  readonly kept: readonly ColumnSchema[];
  readonly added: readonly ColumnSchema[];
  readonly issues: readonly Issue[];
}

function plan(data: TableSchema, { column: name, delimiter, parts, names, overwrite }: SplitParams): Plan {
  const source = findColumn(data, name);
  const issues: Issue[] = [];
  const given = names.split(',').map((each) => each.trim());
  if (name === '') issues.push(problem('parameter_missing', 'Choose the column to split.', { param: 'column' }));
  else if (!source && !data.open) issues.push(problem('column_missing', `The table has no column “${name}”. Choose another.`, { param: 'column' }));
  else if (source && !isTextual(source.type))
    issues.push(problem('column_wrong_type', `“${name}” is not text. Make it text with Edit Metadata first.`, { param: 'column' }));
  if (delimiter === '') issues.push(problem('parameter_missing', 'Enter the text between the parts.', { param: 'delimiter' }));
  if (names.trim() !== '' && (given.length !== parts || given.includes('')))
    issues.push(
      problem('parameter_invalid', `Enter ${parts} names with commas between, or none.`, {
        param: 'names',
        ...(!given.includes('') && { fix: { title: `Make ${given.length} parts`, set: { parts: given.length } } }),
      }),
    );
  const kept = data.columns.filter((each) => !overwrite || each.name !== name);
  const taken = takenNames(tableSchema(kept));
  const wanted = names.trim() === '' || issues.length > 0 ? Array.from({ length: parts }, (_, at) => `${name}-${at + 1}`) : given;
  return { source, kept, added: wanted.map((each) => column(freeName(each, taken), 'text', { nullable: true })), issues };
}

/** Whether the part at a place has with it all that comes after it. */
const takesRest = (place: number, { parts, rest }: SplitParams): boolean => place === parts && rest === 'keep';

/** SQL for the part at a place, from 1; missing where there are fewer. */
function placeInSql(source: string, place: number, chosen: SplitParams): string {
  const part = partInSql(source, quoteText(chosen.delimiter), place, takesRest(place, chosen));
  return chosen.trim ? trimmedInSql(part) : part;
}

/** The same as an expression (kit/expression). */
function placeInWords(source: string, place: number, chosen: SplitParams): string {
  const part = `${takesRest(place, chosen) ? 'partsFrom' : 'part'}(${source}, ${printText(chosen.delimiter)}, ${place})`;
  return chosen.trim ? `trim(${part})` : part;
}

export const splitColumn = defineNode({
  type: 'split-column',
  version: 1,
  title: 'Split Column',
  category: 'Data transformation',
  family: 'transform',
  icon: 'split',
  summary: 'Makes columns of the parts of a text.',
  keywords: ['delimiter', 'separator', 'separate', 'text to columns', 'comma', 'parts', 'tokenize', 'cell splitter', 'str split'],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params,
  deterministic: true,
  lazy: 'counted',
  describe: ({ column: name, delimiter, parts }) => `${name} at “${delimiter}” → ${parts}`,
  infer({ data }, chosen) {
    if (!data) return { outputs: {}, issues: [] };
    const { kept, added, issues } = plan(data, chosen);
    return { outputs: { data: tableSchema([...kept, ...added], data.open) }, issues };
  },
  sql({ data }, chosen) {
    const schema = data ?? tableSchema([]);
    const { kept, added } = plan(schema, chosen);
    const made = new Map(added.map(({ name }, at) => [name, placeInSql(quoteName(chosen.column), at + 1, chosen)]));
    const whole = [...kept.map(({ name }) => quoteName(name)), ...[...made].map(([name, sql]) => withName(sql, name))];
    return { data: rowByRow(`SELECT ${whole.join(', ')} FROM data`, made, schema) };
  },
  atScoring(chosen, { data }) {
    if (!data) return { as: 'columns', input: 'data', through: 'data', steps: [] };
    const { kept, added } = plan(data, chosen);
    const expressions = added.map(({ name }, at) => ({ name, expression: placeInWords(printName(chosen.column), at + 1, chosen) }));
    return { as: 'columns', input: 'data', through: 'data', steps: stepsBeside(kept, expressions) };
  },
});
