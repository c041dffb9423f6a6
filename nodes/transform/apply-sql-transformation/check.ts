import { problem, type Issue, type IssueCode } from '../../kit/issues.ts';
import { readSqlError } from '../../kit/sql-error.ts';
import { tableSchema, type TableSchema } from '../../kit/table.ts';
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

/** What DuckDB says of the query, with the place in the script. */
export function queryIssue(code: IssueCode, told: string, combined: CombinedQuery, script: string): Issue {
  const { message, range: inQuery } = readSqlError(told, combined.query);
  const range = inQuery && rangeInScript(combined, inQuery);
  if (!range) return problem(code, message, { param: 'script' });
  const lines = script.slice(0, range.from).split('\n');
  return problem(code, `Line ${lines.length}, column ${lines.at(-1)!.length + 1}: ${message}`, { param: 'script', range });
}
