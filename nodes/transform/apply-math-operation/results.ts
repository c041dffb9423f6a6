import { selectColumns, type ColumnSelection } from '../../kit/columns.ts';
import { replaceColumns } from '../../kit/expression/derive.ts';
import { readExpression, type Read } from '../../kit/expression/expression.ts';
import { printName } from '../../kit/expression/tree.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import { isNumeric, tableSchema, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { chooseColumns, freeName, takenNames, wrongType } from '../choose-columns.ts';
import type { Operation } from './operations.ts';

export interface Asked {
  readonly name: string;
  readonly operation: Operation;
  readonly columns: ColumnSelection;
  readonly secondType: 'constant' | 'columns';
  readonly constant: number;
  readonly secondColumns: ColumnSelection;
  readonly outputMode: 'append' | 'inplace' | 'resultOnly';
}

/** A result column: its expression over the table as it came. */
export interface Result {
  readonly name: string;
  readonly expression: string;
  readonly read: Read;
}

/** What an operation gives for each chosen column, and what stands in its way. */
export function resultsOf(asked: Asked, data: TableSchema): { results: readonly Result[]; issues: readonly Issue[] } {
  const { name, operation, constant, outputMode } = asked;
  const first = chooseColumns(asked.columns, data);
  const issues = [
    ...first.issues,
    ...wrongType(
      first.columns.filter((each) => !isNumeric(each.type)),
      first.columns,
      'not a number. Choose numeric columns.',
    ),
  ];
  const columns = first.columns.filter((each) => isNumeric(each.type));
  const seconds = operation.second && asked.secondType === 'columns' ? secondColumns(asked, columns, data, issues) : undefined;
  const taken = outputMode === 'resultOnly' ? new Set<string>() : takenNames(data);
  const results = columns.flatMap((column, index): Result[] => {
    const second = seconds?.[seconds.length === 1 ? 0 : index];
    if (seconds && !second) return [];
    const label = !operation.second ? column.name : `${column.name}_${second ? second.name : `$${constant}`}`;
    const expression = operation.expression(printName(column.name), second ? printName(second.name) : String(constant));
    const read = readExpression(expression, data);
    issues.push(...read.problems.map(({ message }) => problem('parameter_invalid', message, { param: 'columns' })));
    return [{ name: outputMode === 'inplace' ? column.name : freeName(`${name}(${label})`, taken), expression, read }];
  });
  return { results, issues };
}

function secondColumns({ secondColumns: selection }: Asked, columns: readonly ColumnSchema[], data: TableSchema, issues: Issue[]): readonly ColumnSchema[] {
  const chosen = chooseColumns(selection, data, 'secondColumns');
  issues.push(
    ...chosen.issues,
    ...wrongType(
      chosen.columns.filter((each) => !isNumeric(each.type)),
      chosen.columns,
      'not a number. Choose numeric columns.',
      'secondColumns',
    ),
  );
  const numeric = chosen.columns.filter((each) => isNumeric(each.type));
  if (chosen.issues.length === 0 && numeric.length !== 1 && numeric.length !== columns.length)
    issues.push(problem('parameter_invalid', `Choose one second column, or as many as there are columns (${columns.length}).`, { param: 'secondColumns' }));
  return numeric;
}

/** The table that leaves. */
export function resultSchema(results: readonly Result[], outputMode: Asked['outputMode'], data: TableSchema): TableSchema {
  const start = outputMode === 'resultOnly' ? tableSchema([]) : data;
  return replaceColumns(start, results);
}

/** Whether later columns could change what is chosen. */
export const mayGrow = (selection: ColumnSelection, data: TableSchema): boolean =>
  data.open && (selection.mode === 'rules' || selectColumns(selection, data).missing.length > 0);
