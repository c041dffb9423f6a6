import { z } from 'zod';
import { columnsOfType } from '../../kit/columns.ts';
import { defineNode, quoteName, quoteText } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import { printName, printText } from '../../kit/expression/tree.ts';
import * as param from '../../kit/params.ts';
import { column, isTextual, tableSchema, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { collapsedInSql, titledInSql, trimmedInSql } from '../../kit/text-in-sql.ts';
import { chooseColumns, describeSelection, freeName, takenNames, wrongType } from '../choose-columns.ts';
import { rowByRow, withName } from '../rows-in-sql.ts';
import { regularExpressionIssues } from '../regular-expression.ts';

const OPERATIONS = {
  trim: 'Trim',
  collapse: 'Collapse spaces',
  lower: 'Lower case',
  upper: 'Upper case',
  title: 'Title Case',
  replace: 'Replace text',
  'replace-expression': 'Replace by regular expression',
  extract: 'Extract by regular expression',
} as const;

const params = z.object({
  columns: param.columns({ title: 'Columns', port: 'data', types: ['text', 'category'], favour: 'text', default: columnsOfType('text') }),
  operation: param.choice({ title: 'Operation', options: OPERATIONS, default: 'trim' }),
  find: param.text({
    title: 'Find',
    help: 'The text or the regular expression (RE2) to look for. Of an expression with a group the first group is extracted.',
    default: '',
    shownWhen: { param: 'operation', is: ['replace', 'replace-expression', 'extract'] },
  }),
  replacement: param.text({
    title: 'Replace with',
    help: 'In regular expressions \\1 is the first group.',
    default: '',
    shownWhen: { param: 'operation', is: ['replace', 'replace-expression'] },
  }),
});
type TextParams = z.output<typeof params>;

/** SQL for the changed text `x`. */
function changedInSql(x: string, { operation, find, replacement }: TextParams): string {
  switch (operation) {
    case 'trim':
      return trimmedInSql(x);
    case 'collapse':
      return collapsedInSql(x);
    case 'lower':
    case 'upper':
      return `${operation}(${x})`;
    case 'title':
      return titledInSql(x);
    case 'replace':
      return `replace(${x}, ${quoteText(find)}, ${quoteText(replacement)})`;
    case 'replace-expression':
      return `regexp_replace(${x}, ${quoteText(find)}, ${quoteText(replacement)}, 'g')`;
    case 'extract':
      return `nullif(regexp_extract(${x}, ${quoteText(find)}, ${hasGroup(find) ? 1 : 0}), '')`;
  }
}

/** The change as an expression (kit/expression), where there is one. */
const changedInWords = (x: string, { operation, find, replacement }: TextParams): string =>
  operation === 'replace' ? `replace(${x}, ${printText(find)}, ${printText(replacement)})` : `${operation}(${x})`;

const hasGroup = (pattern: string): boolean => /\((?!\?)|\(\?P?</.test(pattern.replaceAll(/\\./g, '').replaceAll(/\[[^\]]*\]/g, ''));

interface Plan {
  readonly changed: readonly ColumnSchema[];
  /** New columns, by the column that they are extracted from. */
  readonly added: ReadonlyMap<string, ColumnSchema>;
  readonly issues: readonly Issue[];
}

function plan(data: TableSchema, chosen: TextParams): Plan {
  const { columns, issues } = chooseColumns(chosen.columns, data);
  const wrong = columns.filter((each) => !isTextual(each.type));
  const texts = columns.filter((each) => isTextual(each.type));
  const found = [...issues, ...wrongType(wrong, columns, 'not text. Make it text with Edit Metadata first, or leave it out.')];
  const { operation, find } = chosen;
  if (operation === 'replace' || operation === 'replace-expression' || operation === 'extract') {
    if (find === '') found.push(problem('parameter_missing', 'Enter what to find.', { param: 'find' }));
    else if (operation !== 'replace') found.push(...regularExpressionIssues(find, 'find'));
  }
  if (operation !== 'extract') return { changed: texts, added: new Map(), issues: found };
  const taken = takenNames(data);
  const added = texts.map((each) => [each.name, column(freeName(`${each.name}-extracted`, taken), 'text', { nullable: true })] as const);
  return { changed: [], added: new Map(added), issues: found };
}

export const changeText = defineNode({
  type: 'change-text',
  version: 1,
  title: 'Change Text',
  category: 'Data transformation',
  family: 'transform',
  icon: 'text',
  summary: 'Changes case, spaces or parts of texts, or extracts parts of them.',
  keywords: [
    'trim',
    'strip',
    'upper',
    'lower',
    'case',
    'title',
    'replace',
    'regex',
    'regular expression',
    'extract',
    'whitespace',
    'clean',
    'string',
    'string manipulation',
    'string replacer',
    'case converter',
    'str replace',
  ],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params,
  deterministic: true,
  lazy: 'counted',
  describe: ({ columns, operation }) => `${OPERATIONS[operation]}: ${describeSelection(columns)}`,
  infer({ data }, chosen) {
    if (!data) return { outputs: {}, issues: [] };
    const { added, issues } = plan(data, chosen);
    return { outputs: { data: tableSchema([...data.columns, ...added.values()], data.open) }, issues };
  },
  sql({ data }, chosen) {
    const schema = data ?? tableSchema([]);
    const { changed, added } = plan(schema, chosen);
    const sources = [...changed.map(({ name }) => [name, name]), ...[...added].map(([source, { name }]) => [source, name])];
    const made = new Map(sources.map(([source, name]) => [name!, changedInSql(quoteName(source!), chosen)]));
    const leaving = [...schema.columns, ...added.values()].map(({ name }) => withName(made.get(name), name));
    return { data: rowByRow(`SELECT ${leaving.join(', ')} FROM data`, made, schema) };
  },
  atScoring(chosen, { data }) {
    if (chosen.operation === 'replace-expression' || chosen.operation === 'extract')
      return {
        as: 'refuse',
        reason: `“${OPERATIONS[chosen.operation]}” cannot become part of a model: ONNX can tell whether a text matches a regular expression, but not replace or extract what matches. Take Replace text or Split Column in its place, or change the texts before the data enters and send requests with them.`,
      };
    const { changed } = plan(data ?? tableSchema([]), chosen);
    const steps = changed.map(({ name }) => ({ do: 'derive' as const, name, expression: changedInWords(printName(name), chosen) }));
    return { as: 'columns', input: 'data', through: 'data', steps };
  },
});
