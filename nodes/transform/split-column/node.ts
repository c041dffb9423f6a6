import { z } from 'zod';
import { defineNode, quoteName, quoteText } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { column, findColumn, isTextual, tableSchema, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { freeName, takenNames } from '../choose-columns.ts';
import { SPACE } from '../regular-expression.ts';

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

/** SQL for the part at a place, from 1; missing where there are fewer. */
function partInSql(source: string, at: number, { delimiter, parts, rest, trim }: SplitParams): string {
  const all = `string_split(${source}, ${quoteText(delimiter)})`;
  const part = at === parts && rest === 'keep' ? `array_to_string((${all})[${at}:], ${quoteText(delimiter)})` : `(${all})[${at}]`;
  const trimmed = trim ? `regexp_replace(${part}, ${quoteText(`^${SPACE}+|${SPACE}+$`)}, '', 'g')` : part;
  return `CASE WHEN len(${all}) >= ${at} THEN ${trimmed} END`;
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
    const { kept, added } = plan(data ?? tableSchema([]), chosen);
    const parts = added.map(({ name }, at) => `${partInSql(quoteName(chosen.column), at + 1, chosen)} AS ${quoteName(name)}`);
    return { data: `SELECT ${[...kept.map(({ name }) => quoteName(name)), ...parts].join(', ')} FROM data` };
  },
  atScoring: () => ({
    as: 'refuse',
    reason: 'Split Column cannot be part of a served graph. Split the column where the data comes from, and send requests with the parts.',
  }),
});
