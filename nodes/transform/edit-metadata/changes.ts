import { problem, type Issue } from '../../kit/issues.ts';
import { isTextual, type ColumnRole, type ColumnSchema, type ColumnType, type TableSchema } from '../../kit/table.ts';
import type { ColumnSelection } from '../../kit/columns.ts';
import { chooseColumns, listNames } from '../choose-columns.ts';
import { readNames } from '../names-in-text.ts';

export interface EditParams {
  readonly columns: ColumnSelection;
  readonly dataType: 'unchanged' | 'string' | 'integer' | 'double' | 'boolean' | 'datetime';
  readonly datetimeFormat: string;
  readonly categorical: 'unchanged' | 'categorical' | 'non-categorical';
  readonly fields: 'unchanged' | 'feature' | 'label' | 'weight' | 'id' | 'clear-feature' | 'clear-label' | 'clear-score';
  readonly newNames: string;
}

export interface Change {
  readonly from: ColumnSchema;
  readonly to: ColumnSchema;
  /** The types that the values take one after the other. */
  readonly through: readonly ColumnType[];
}

const TYPES = { string: 'text', integer: 'integer', double: 'number', boolean: 'boolean', datetime: 'datetime' } as const;

function typesThrough(type: ColumnType, { dataType, categorical }: EditParams): ColumnType[] {
  const through: ColumnType[] = [];
  let now = type;
  const turn = (to: ColumnType) => {
    if (to !== now) through.push(to);
    now = to;
  };
  if (dataType !== 'unchanged' && !(dataType === 'string' && isTextual(now))) turn(TYPES[dataType]);
  if (categorical === 'categorical') turn('category');
  if (categorical === 'non-categorical' && now === 'category') turn('text');
  return through;
}

function roleAfter(role: ColumnRole, fields: EditParams['fields']): ColumnRole {
  switch (fields) {
    case 'unchanged':
      return role;
    case 'clear-feature':
      return role === 'feature' ? 'id' : role;
    case 'clear-label':
      return role === 'label' ? 'feature' : role;
    case 'clear-score':
      return role === 'score' ? 'feature' : role;
    default:
      return fields;
  }
}

/** Whether values can get lost when they are turned into this type. */
const mayLose = (from: ColumnType, to: ColumnType): boolean =>
  isTextual(from) ? !isTextual(to) : from === 'datetime' ? to === 'boolean' : to === 'datetime' || (from === 'number' && to === 'integer');

/** What becomes of each column of the table, in the table's order, and the problems. */
export function planChanges(params: EditParams, schema: TableSchema): { changes: Change[]; issues: Issue[] } {
  const chosen = chooseColumns(params.columns, schema);
  const issues = [...chosen.issues];
  const names = readNames(params.newNames);
  const rename = new Map<string, string>();
  if (names.length > 0 && names.length !== chosen.columns.length && !schema.open) {
    issues.push(
      problem('parameter_invalid', `There are ${names.length} new names for ${chosen.columns.length} columns. Give one name for each chosen column, or none.`, {
        param: 'newNames',
        fix: { title: 'Keep the names', set: { newNames: '' } },
      }),
    );
  } else if (names.includes('')) issues.push(problem('name_invalid', 'A new name is empty. Write a name between the commas.', { param: 'newNames' }));
  else for (const [index, name] of names.entries()) if (chosen.columns[index]) rename.set(chosen.columns[index].name, name);
  if (params.fields === 'label' && chosen.columns.length > 1) {
    issues.push(problem('parameter_invalid', `Only one column can be the label, but ${listNames(chosen.columns)} are chosen.`, { param: 'fields' }));
  }
  const touched = new Set(chosen.columns.map((each) => each.name));
  const onlyOne = params.fields === 'label' || params.fields === 'weight' ? params.fields : undefined;
  const changes = schema.columns.map((from): Change => {
    // A table has one label and one weight: a new one takes the place of the old.
    if (!touched.has(from.name)) return { from, to: onlyOne === from.role ? { ...from, role: 'feature' } : from, through: [] };
    const through = typesThrough(from.type, params);
    const loses = through.some((to, index) => mayLose(through[index - 1] ?? from.type, to));
    const to: ColumnSchema = {
      name: rename.get(from.name) ?? from.name,
      type: through.at(-1) ?? from.type,
      role: roleAfter(from.role, params.fields),
      nullable: from.nullable || loses,
    };
    return { from, to, through };
  });
  const seen = new Set<string>();
  for (const { to } of changes) {
    if (seen.has(to.name.toLowerCase()))
      issues.push(
        problem('column_duplicate', `Two columns would be called “${to.name}” (upper and lower case do not count). Give another name.`, { param: 'newNames' }),
      );
    seen.add(to.name.toLowerCase());
  }
  return { changes, issues };
}
