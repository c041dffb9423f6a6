import { quoteName, quoteText } from '../define.ts';
import { isTextual, type ColumnType } from '../table.ts';
import type { Typed } from './check.ts';
import { functions } from './functions.ts';
import { finiteInSql, numberInSql } from './numbers.ts';

export interface SqlOptions {
  /** Comparisons and roundings see numbers as they are in place of float32; for what never becomes part of a model. */
  readonly exact?: boolean;
}

/** DuckDB SQL for an expression over the columns of one table, of the type that is stored for the expression's type. Throws `TooLong`. */
export function compileToSql(typed: Typed, { exact = false }: SqlOptions = {}): string {
  const writer = new SqlWriter(exact);
  return typed.type === 'integer' ? `TRY_CAST(${writer.write(typed)} AS BIGINT)` : writer.finite(typed);
}

/** Some functions write their value several times, so that what is deep can become long. */
const MAXIMUM_SQL = 200_000;
export class TooLong extends Error {}

class SqlWriter {
  readonly #exact: boolean;
  constructor(exact: boolean) {
    this.#exact = exact;
  }

  /** Numbers as DOUBLE as IEEE 754 computes them, texts that are never empty. */
  write(typed: Typed): string {
    const sql = this.#part(typed);
    if (sql.length > MAXIMUM_SQL) throw new TooLong();
    return sql;
  }

  #part({ tree, type, parts }: Typed): string {
    switch (tree.kind) {
      case 'number':
        return numberInSql(tree.value);
      case 'text':
        return tree.value === '' ? 'CAST(NULL AS VARCHAR)' : quoteText(tree.value);
      case 'boolean':
        return String(tree.value);
      case 'missing':
        return 'NULL';
      case 'column':
        return columnInSql(tree.name, type as ColumnType);
      case 'unary':
        return tree.operator === '-' ? `(-${this.write(parts[0]!)})` : `(NOT ${this.write(parts[0]!)})`;
      case 'isMissing':
        return `(${this.finite(parts[0]!)} IS NULL)`;
      case 'in': {
        const values = tree.values.flatMap((each) => {
          if (each.kind === 'text') return each.value === '' ? [] : [quoteText(each.value)];
          return [numberInSql(this.#exact || parts[0]!.type === 'integer' ? each.value : Math.fround(each.value))];
        });
        return `(${this.#single(parts[0]!)} IN (${values.length > 0 ? values.join(', ') : 'NULL'}))`;
      }
      case 'binary':
        return this.#binary(tree.operator, parts[0]!, parts[1]!);
      case 'call': {
        const definition = functions.get(tree.name.toLowerCase())!;
        const values = parts.map((part) =>
          definition.enters === 'single' ? this.#single(part) : definition.enters === 'finite' ? this.finite(part) : this.write(part),
        );
        return `(${definition.sql(values, parts)})`;
      }
    }
  }

  /** A number that is missing where it is infinite or not a number. */
  finite(part: Typed): string {
    const sql = this.write(part);
    const { kind } = part.tree;
    const always = kind === 'number' || (kind === 'column' && part.type === 'integer');
    return !always && (part.type === 'number' || part.type === 'integer') ? finiteInSql(sql) : sql;
  }

  /** A number as float32 sees it; whole numbers are not rounded. */
  #single(part: Typed): string {
    if (this.#exact || part.type !== 'number') return this.finite(part);
    if (part.tree.kind === 'number') return numberInSql(Math.fround(part.tree.value));
    return `CAST(${finiteInSql(`TRY_CAST(${this.write(part)} AS FLOAT)`)} AS DOUBLE)`;
  }

  #binary(operator: string, left: Typed, right: Typed): string {
    if (operator === 'and' || operator === 'or') return `(${this.write(left)} ${operator.toUpperCase()} ${this.write(right)})`;
    if (operator === '^') return `pow(${this.write(left)}, ${this.write(right)})`;
    if (operator === '%') return `(${this.#single(left)} % ${this.#single(right)})`;
    if (['+', '-', '*', '/'].includes(operator)) return `(${this.write(left)} ${operator} ${this.write(right)})`;
    return `(${this.#single(left)} ${operator === '!=' ? '<>' : operator} ${this.#single(right)})`;
  }
}

function columnInSql(name: string, type: ColumnType): string {
  const quoted = quoteName(name);
  if (isTextual(type)) return `nullif(${quoted}, '')`;
  return type === 'number' || type === 'integer' ? `CAST(${quoted} AS DOUBLE)` : quoted;
}
