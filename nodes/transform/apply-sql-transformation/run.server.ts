import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { tableSchema, type Table } from '../../kit/table.ts';
import { applySqlTransformation } from './node.ts';
import { combineStatements } from './statements.ts';

/** Columns that keep their name keep their role, and stay categories. */
export default defineRun(applySqlTransformation, async ({ t1, t2, t3 }, { script }, context) => {
  const combined = combineStatements(script);
  if ('issue' in combined) throw new NodeError(combined.issue.code, combined.issue.message, { param: 'script' });
  const tables = Object.entries({ t1, t2, t3 }).filter((each): each is [string, Table] => each[1] !== undefined);
  const known = new Map(tables.toReversed().flatMap(([, table]) => table.schema.columns.map((each) => [each.name, each] as const)));
  try {
    return { data: await context.query(combined.query, Object.fromEntries(tables), tableSchema([...known.values()], true)) };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : '';
    if (/^(?:Parser|Binder|Catalog) Error/i.test(message)) throw new NodeError('sql_invalid', message, { param: 'script', cause });
    throw cause;
  }
});
