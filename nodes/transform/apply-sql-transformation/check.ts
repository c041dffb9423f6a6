import { quoteName } from '../../kit/define.ts';
import { problem, type Issue, type IssueCode } from '../../kit/issues.ts';
import { readSqlError } from '../../kit/sql-error.ts';
import { tableSchema, type TableSchema } from '../../kit/table.ts';
import { unknownName } from './unknown-name.ts';
import { rangeInScript, type CombinedQuery } from './statements.ts';

type Inputs = Readonly<Record<string, TableSchema | undefined>>;

/** The inputs that are there, by the name of their table. */
export const tablesOf = (inputs: Inputs): Record<string, TableSchema> =>
  Object.fromEntries(Object.entries(inputs).filter((each): each is [string, TableSchema] => each[1] !== undefined));

/** What columns of the result are by their name: those of the first input that has it. */
export const promisedBy = (inputs: Inputs): TableSchema =>
  tableSchema(
    [
      ...new Map(
        Object.values(tablesOf(inputs))
          .toReversed()
          .flatMap(({ columns }) => columns.map((each) => [each.name, each] as const)),
      ).values(),
    ],
    true,
  );

/** What DuckDB says of the query, with the place in the script; of a name that is not there, also the one that was meant. */
export function queryIssue(code: IssueCode, told: string, combined: CombinedQuery, script: string): Issue {
  const { message: said, range: inQuery } = readSqlError(told, combined.query);
  const unknown = unknownName(said);
  const message = unknown?.message ?? said;
  const range = inQuery && rangeInScript(combined, inQuery);
  if (!range) return problem(code, message, { param: 'script' });
  const lines = script.slice(0, range.from).split('\n');
  const near = unknown?.near;
  const written = near === undefined || /^[a-z_][a-z0-9_]*$/i.test(near) ? near : quoteName(near);
  const fix =
    written === undefined ? {} : { fix: { title: `Use ${near}`, set: { script: `${script.slice(0, range.from)}${written}${script.slice(range.to)}` } } };
  return problem(code, `Line ${lines.length}, column ${lines.at(-1)!.length + 1}: ${message}`, { param: 'script', range, ...fix });
}
