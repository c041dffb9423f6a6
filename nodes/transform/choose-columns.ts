import { columnsNamed, selectColumns, type ColumnSelection } from '../kit/columns.ts';
import { problem, type Issue } from '../kit/issues.ts';
import { nearestName } from '../kit/nearest-name.ts';
import type { ColumnSchema, TableSchema } from '../kit/table.ts';

export { nearestName };

export interface Chosen {
  /** In the order of the choice: by name as given, by rules as in the table. */
  readonly columns: readonly ColumnSchema[];
  readonly issues: readonly Issue[];
}

/**
 * The columns that the parameter `columns` chooses, with `column_missing` for names that the table does not have and `columns_none` when nothing
 * is left. Nothing is said of columns of an open table: they may come.
 */
export function chooseColumns(selection: ColumnSelection, schema: TableSchema, param = 'columns'): Chosen {
  const { names, missing } = selectColumns(selection, schema);
  const byName = new Map(schema.columns.map((each) => [each.name, each]));
  const columns = names.map((name) => byName.get(name)!);
  if (schema.open) return { columns, issues: [] };
  const issues = missing.map((name) => missingColumn(name, selection, schema, param));
  if (columns.length === 0 && missing.length === 0) issues.push(problem('columns_none', 'No column is chosen. Choose at least one.', { param }));
  return { columns, issues };
}

function missingColumn(name: string, selection: ColumnSelection, schema: TableSchema, param: string): Issue {
  const chosen = selection.mode === 'names' ? selection.names : [];
  const near = nearestName(
    name,
    schema.columns.map((each) => each.name).filter((each) => !chosen.includes(each)),
  );
  const fix =
    near === undefined
      ? { title: `Leave out “${name}”`, set: { [param]: columnsNamed(...chosen.filter((each) => each !== name)) } }
      : { title: `Use “${near}”`, set: { [param]: columnsNamed(...chosen.map((each) => (each === name ? near : each))) } };
  return problem(
    'column_missing',
    `The table has no column “${name}”.${near === undefined ? ' Choose another, or leave it out.' : ` Did you mean “${near}”?`}`,
    { param, fix },
  );
}

/** `column_wrong_type` for chosen columns that this node cannot work on, with a fix that leaves them out. */
export function wrongType(wrong: readonly ColumnSchema[], chosen: readonly ColumnSchema[], what: string, param = 'columns'): Issue[] {
  if (wrong.length === 0) return [];
  const names = new Set(wrong.map((each) => each.name));
  const rest = chosen.filter((each) => !names.has(each.name)).map((each) => each.name);
  const fix =
    rest.length > 0
      ? { title: wrong.length === 1 ? `Leave out “${wrong[0]!.name}”` : `Leave out ${wrong.length} columns`, set: { [param]: columnsNamed(...rest) } }
      : undefined;
  return [problem('column_wrong_type', `${listNames(wrong)} ${wrong.length === 1 ? 'is' : 'are'} ${what}`, { param, fix })];
}

/** Names for a sentence, at most five. */
export function listNames(columns: readonly Pick<ColumnSchema, 'name'>[]): string {
  const some = columns.slice(0, 5).map((each) => `“${each.name}”`);
  return columns.length > 5 ? `${some.join(', ')} and ${columns.length - 5} more` : some.join(', ');
}

/** A name that is not taken yet, also when upper and lower case do not count; remembers it. */
export function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let count = 1; taken.has(name.toLowerCase()); count += 1) name = `${wanted}_${count}`;
  taken.add(name.toLowerCase());
  return name;
}

/** The names of a table, for `freeName`. */
export const takenNames = (schema: TableSchema): Set<string> => new Set(schema.columns.map((each) => each.name.toLowerCase()));

/** A card's line for a choice of columns. */
export function describeSelection(selection: ColumnSelection): string {
  if (selection.mode === 'names') return selection.names.length <= 2 ? selection.names.join(', ') : `${selection.names.length} columns`;
  if (selection.rules.length === 0) return selection.start === 'all' ? 'all columns' : 'no columns';
  const [rule] = selection.rules;
  if (selection.rules.length === 1 && rule) {
    const values = rule.values.join(', ');
    if (selection.start === 'all' && rule.action === 'exclude') return `all but ${values}`;
    if (selection.start === 'none' && rule.action === 'include') return rule.by === 'all' ? 'all columns' : values;
  }
  return 'by rules';
}
