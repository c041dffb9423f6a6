import type { TableSchema } from '../table.ts';
import { check, type Typed } from './check.ts';
import { parse } from './parse.ts';
import { compileToSql, TooLong, type SqlOptions } from './sql.ts';
import type { ExpressionProblem } from './tree.ts';

export interface Read {
  /** Undefined when there are problems, or when the expression reads columns that are not known yet. */
  readonly typed?: Typed;
  readonly problems: readonly ExpressionProblem[];
}

/** Reads an expression over the columns of a table: parsed, checked and small enough. Total: never throws. */
export function readExpression(source: string, schema: TableSchema): Read {
  const parsed = parse(source);
  if ('problem' in parsed) return { problems: [parsed.problem] };
  const checked = check(parsed.tree, schema);
  try {
    if (checked.typed) compileToSql(checked.typed);
    return checked;
  } catch (refusal) {
    if (!(refusal instanceof TooLong)) throw refusal;
    return { problems: [{ from: 0, to: source.length, message: 'The expression nests too deep. Derive parts of it first.' }] };
  }
}

/** SQL for an expression that holds no problem; throws where it does. */
export function expressionInSql(source: string, schema: TableSchema, options?: SqlOptions): string {
  const { typed, problems } = readExpression(source, schema);
  if (!typed) throw new Error(problems[0]?.message ?? 'The expression reads columns that are not known.');
  return compileToSql(typed, options);
}
