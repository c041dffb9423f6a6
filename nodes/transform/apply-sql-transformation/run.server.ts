import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import type { Table } from '../../kit/table.ts';
import { promisedBy, queryIssue } from './check.ts';
import { applySqlTransformation } from './node.ts';
import { combineStatements } from './statements.ts';

/** Columns that keep their name keep their role, and stay categories. */
export default defineRun(applySqlTransformation, async ({ t1, t2, t3 }, { script }, context) => {
  const combined = combineStatements(script);
  if ('issue' in combined) throw new NodeError(combined.issue.code, combined.issue.message, { param: 'script' });
  const tables = Object.fromEntries(Object.entries({ t1, t2, t3 }).filter((each): each is [string, Table] => each[1] !== undefined));
  const promised = promisedBy({ t1: t1.schema, t2: t2?.schema, t3: t3?.schema });
  try {
    return { data: await context.query(combined.query, tables, promised) };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : '';
    const wrong = (cause instanceof NodeError && cause.code === 'sql_invalid') || /^(?:Parser|Binder|Catalog) Error/i.test(message);
    if (wrong) throw new NodeError('sql_invalid', queryIssue('sql_invalid', message, combined, script).message, { param: 'script', cause });
    throw cause;
  }
});
