import { parseDatetime } from '../../kit/cells.ts';
import { printName, printText } from '../../kit/expression/tree.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import { findColumn, isNumeric, isTextual, type ColumnType, type TableSchema } from '../../kit/table.ts';
import { missingColumnOf } from '../list-columns.ts';

export const OPERATORS = {
  equal: 'is',
  notEqual: 'is not',
  less: '<',
  atMost: '≤',
  greater: '>',
  atLeast: '≥',
  oneOf: 'is one of',
  contains: 'contains',
  startsWith: 'begins with',
  endsWith: 'ends with',
  missing: 'is missing',
  present: 'is not missing',
} as const;
export type Operator = keyof typeof OPERATORS;

export interface Condition {
  readonly column: string;
  readonly operator: Operator;
  readonly value: string;
}

const SYMBOLS: Partial<Record<Operator, string>> = { equal: '=', notEqual: '!=', less: '<', atMost: '<=', greater: '>', atLeast: '>=' };

/** The expression that says the same as the conditions, and what is wrong with them. */
export function conditionsAsExpression(conditions: readonly Condition[], join: 'all' | 'any', schema: TableSchema): { expression: string; issues: Issue[] } {
  const issues: Issue[] = [];
  const parts = conditions.map((condition, index) => {
    const { column, operator, value } = condition;
    const known = findColumn(schema, column);
    const say = (message: string): string => {
      issues.push(problem('parameter_invalid', `Condition ${index + 1}: ${message}`, { param: 'conditions' }));
      return 'true';
    };
    if (column === '') return say('choose a column.');
    if (!known) {
      if (!schema.open) issues.push(missingColumnOf('conditions', conditions, index, schema));
      return 'true';
    }
    const name = printName(column);
    if (operator === 'missing' || operator === 'present') return `${name} is ${operator === 'missing' ? '' : 'not '}missing`;
    if (operator === 'contains' || operator === 'startsWith' || operator === 'endsWith') {
      if (!isTextual(known.type)) return say(`“${column}” holds no text, so “${OPERATORS[operator]}” does not apply. Choose another comparison.`);
      return value === '' ? say('write the text to look for.') : `${operator}(${name}, ${printText(value)})`;
    }
    if (operator === 'oneOf') {
      if (known.type === 'boolean' || known.type === 'datetime') return say('“is one of” compares numbers and texts. Choose another comparison.');
      const values = value.split(',').map((each) => literal(each.trim(), known.type));
      return values.includes(null) ? say(`write ${wanted(known.type)}s, separated by commas.`) : `${name} in (${values.join(', ')})`;
    }
    if (known.type === 'boolean' && operator !== 'equal' && operator !== 'notEqual') return say('true and false have no order. Choose “is” or “is not”.');
    const written = literal(value, known.type);
    return written === null ? say(`“${column}” is compared with ${wanted(known.type)}, not “${value}”.`) : `${name} ${SYMBOLS[operator]} ${written}`;
  });
  return { expression: parts.join(join === 'all' ? ' and ' : ' or '), issues };
}

/** A value as an expression writes it; null when it does not fit the type. */
function literal(value: string, type: ColumnType): string | null {
  const trimmed = value.trim();
  if (trimmed === '') return null;
  if (isTextual(type)) return printText(value);
  if (isNumeric(type)) return Number.isFinite(Number(trimmed)) ? String(Number(trimmed)) : null;
  if (type === 'boolean') return /^(?:true|false)$/i.test(trimmed) ? trimmed.toLowerCase() : null;
  return Number.isNaN(parseDatetime(trimmed)) ? null : `date(${printText(trimmed)})`;
}

const wanted = (type: ColumnType): string =>
  isTextual(type) ? 'a text' : isNumeric(type) ? 'a number' : type === 'boolean' ? 'true or false' : 'a date such as 2024-01-31';
