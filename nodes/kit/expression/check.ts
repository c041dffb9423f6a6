import { columnsByName, isNumeric, isTextual, type ColumnType, type TableSchema } from '../table.ts';
import { functions, nearestFunction, type FunctionDefinition, type Takes } from './functions.ts';
import { nearestName } from '../nearest-name.ts';
import { partsOf, printName, type Expression, type ExpressionProblem } from './tree.ts';

/** What an expression gives: a column's type, or nothing but missing values, which fit every type. */
export type ExpressionType = ColumnType | 'missing';

/** An expression whose types are known to fit. */
export interface Typed {
  readonly tree: Expression;
  readonly type: ExpressionType;
  readonly nullable: boolean;
  /** As `partsOf` gives them. */
  readonly parts: readonly Typed[];
}

const isNumber = (type: ExpressionType): boolean => type !== 'missing' && isNumeric(type);
const isText = (type: ExpressionType): boolean => type !== 'missing' && isTextual(type);

/** The type that holds values of both types; null when there is none. */
export function unify(one: ExpressionType, other: ExpressionType): ExpressionType | null {
  if (one === other || other === 'missing') return one;
  if (one === 'missing') return other;
  if (isNumber(one) && isNumber(other)) return 'number';
  return isText(one) && isText(other) ? 'text' : null;
}

/** Finds the type of every part over the columns of `schema`, and all problems. Columns of an open table that are not known yet make it unknown. */
export function check(tree: Expression, schema: TableSchema): { readonly typed?: Typed; readonly problems: readonly ExpressionProblem[] } {
  const checker = new Checker(schema);
  const typed = checker.visit(tree);
  if (typed?.type === 'missing') checker.say(tree, 'The expression gives only missing values, so its type is not known. Use a value in it.');
  return checker.problems.length === 0 && typed ? { typed, problems: [] } : { problems: checker.problems };
}

class Checker {
  readonly problems: ExpressionProblem[] = [];
  readonly #schema: TableSchema;
  readonly #columns: ReadonlyMap<string, TableSchema['columns'][number]>;

  constructor(schema: TableSchema) {
    this.#schema = schema;
    this.#columns = columnsByName(schema);
  }

  say({ from, to }: Expression, message: string, more: Partial<ExpressionProblem> = {}): undefined {
    this.problems.push({ from, to, message, ...more });
  }

  visit(tree: Expression): Typed | undefined {
    const visited = partsOf(tree).map((part) => this.visit(part));
    const parts = visited.filter((part) => part !== undefined);
    const known = parts.length === visited.length;
    const give = (type: ExpressionType | undefined, nullable: boolean): Typed | undefined => (type && known ? { tree, type, nullable, parts } : undefined);
    const some = parts.some((part) => part.nullable);
    switch (tree.kind) {
      case 'number':
        return give(Number.isSafeInteger(tree.value) ? 'integer' : 'number', false);
      case 'text':
        return give('category', tree.value === '');
      case 'boolean':
        return give('boolean', false);
      case 'missing':
        return give('missing', true);
      case 'column':
        return this.#column(tree, give);
      case 'unary':
        if (!known) return undefined;
        if (tree.operator === 'not') return this.#needs(parts[0]!, 'boolean', 'not') ? give('boolean', some) : undefined;
        return this.#needs(parts[0]!, 'number', '-') ? give(parts[0]!.type, some) : undefined;
      case 'isMissing':
        return give('boolean', false);
      case 'in':
        return known && this.#list(tree, parts[0]!) ? give('boolean', some) : undefined;
      case 'binary':
        return known ? give(this.#binary(tree, parts[0]!, parts[1]!), some || !['and', 'or'].includes(tree.operator)) : undefined;
      case 'call':
        return this.#call(tree, parts, known, give);
    }
  }

  #column(tree: Extract<Expression, { kind: 'column' }>, give: (type: ColumnType, nullable: boolean) => Typed | undefined): Typed | undefined {
    const column = this.#columns.get(tree.name);
    // Infinite numbers and empty texts count as missing.
    if (column) return give(column.type, column.nullable || column.type === 'number' || isTextual(column.type));
    if (this.#schema.open) return undefined;
    const near = nearestName(tree.name, [...this.#columns.keys()]);
    const hint = near === undefined ? ' Texts are written in single quotes.' : ` Did you mean ${printName(near)}?`;
    return this.say(tree, `The table has no column “${tree.name}”.${hint}`, {
      column: tree.name,
      ...(near === undefined ? {} : { replacement: printName(near) }),
    });
  }

  #needs(part: Typed, takes: Takes, where: string): boolean {
    if (fits(part, takes)) return true;
    this.say(part.tree, `${where} takes ${WORDS[takes]}, but this is ${wordOf(part.type)}.${adviceFor(part.type, takes)}`);
    return false;
  }

  #list(tree: Extract<Expression, { kind: 'in' }>, operand: Typed): boolean {
    const kind = isNumber(operand.type) ? 'number' : isText(operand.type) ? 'text' : null;
    if (kind === null) this.say(operand.tree, `in compares numbers or texts, but this is ${wordOf(operand.type)}.`);
    const wrong = kind === null ? undefined : tree.values.find((each) => each.kind !== kind);
    if (wrong) this.say(wrong, `This is compared with ${kind === 'number' ? 'a number' : 'a text'}, so every value of the list must be one.`);
    return kind !== null && wrong === undefined;
  }

  #binary(tree: Extract<Expression, { kind: 'binary' }>, left: Typed, right: Typed): ColumnType | undefined {
    const { operator } = tree;
    if (operator === 'and' || operator === 'or') {
      const fine = [left, right].map((part) => this.#needs(part, 'boolean', operator));
      return fine.every(Boolean) ? 'boolean' : undefined;
    }
    if (!['=', '!=', '<', '<=', '>', '>='].includes(operator)) {
      if (operator === '+' && isText(left.type) && isText(right.type)) return this.say(tree, '+ adds numbers. Join texts with concat(…).');
      const fine = [left, right].map((part) => this.#needs(part, 'number', operator));
      if (!fine.every(Boolean)) return undefined;
      return left.type === 'integer' && right.type === 'integer' && operator !== '/' && operator !== '^' ? 'integer' : 'number';
    }
    if (left.type === 'missing' || right.type === 'missing') return this.say(tree, 'Nothing compares with missing. Write “is missing” or “is not missing”.');
    if (unify(left.type, right.type) === null)
      return this.say(
        tree,
        `${wordOf(left.type)} does not compare with ${wordOf(right.type)}.${adviceFor(left.type, isNumber(right.type) ? 'number' : 'any')}`,
      );
    if (left.type === 'boolean' && operator !== '=' && operator !== '!=') return this.say(tree, 'True and false have no order; compare them with = or !=.');
    return 'boolean';
  }

  #call(
    tree: Extract<Expression, { kind: 'call' }>,
    parts: readonly Typed[],
    known: boolean,
    give: (type: ExpressionType | undefined, nullable: boolean) => Typed | undefined,
  ): Typed | undefined {
    const definition = functions.get(tree.name.toLowerCase());
    if (!definition) {
      const near = nearestFunction(tree.name);
      return this.say(
        { ...tree, to: tree.from + tree.name.length },
        `There is no function “${tree.name}”.${near === undefined ? '' : ` Did you mean ${near}?`}`,
        near === undefined ? {} : { replacement: near },
      );
    }
    const { takes, least = takes.length, more, usage } = definition;
    if (tree.values.length < least || (more === undefined && tree.values.length > takes.length))
      return this.say(tree, `${tree.name} has ${tree.values.length === 1 ? 'one value' : `${tree.values.length} values`} here; it is used as ${usage}.`);
    if (!known) return undefined;
    const fine = parts.map((part, index) => this.#needs(part, takes[index] ?? more!, tree.name));
    if (!fine.every(Boolean)) return undefined;
    const [first] = parts;
    const wrong = first?.tree.kind === 'text' ? definition.wrong?.(first.tree.value, parts) : undefined;
    if (wrong !== undefined) return this.say(first!.tree, wrong);
    return give(this.#result(tree, definition, parts), definition.nullable ? definition.nullable(parts.map((part) => part.nullable)) : true);
  }

  #result(tree: Expression, { gives, usage }: FunctionDefinition, parts: readonly Typed[]): ExpressionType | undefined {
    if (gives !== 'same') return gives;
    const values = parts.slice(usage.startsWith('if(') ? 1 : 0);
    let type: ExpressionType = 'missing';
    for (const value of values) {
      const next = unify(type, value.type);
      if (next === null) return this.say(value.tree, `This is ${wordOf(value.type)}, but a value before it is ${wordOf(type)}; both become one column.`);
      type = next;
    }
    return type;
  }
}

const WORDS: Readonly<Record<Takes, string>> = {
  number: 'a number',
  text: 'a text',
  boolean: 'true or false',
  datetime: 'a date',
  any: 'any value',
  digits: 'a whole number from -9 to 9 written out',
  place: 'a whole number from 1 to 1,000 written out',
  words: "a 'text' written out",
  date: "a text that tells a date, such as '2024-01-31' or '2024-01-31 09:30'",
};

function fits({ tree, type }: Typed, takes: Takes): boolean {
  if (takes === 'any') return true;
  if (takes === 'digits') {
    const value =
      tree.kind === 'unary' && tree.operator === '-' && tree.operand.kind === 'number' ? -tree.operand.value : tree.kind === 'number' ? tree.value : NaN;
    return Number.isInteger(value) && Math.abs(value) <= 9;
  }
  if (takes === 'place') return tree.kind === 'number' && Number.isInteger(tree.value) && tree.value >= 1 && tree.value <= 1_000;
  if (takes === 'date') return isText(type);
  if (takes === 'words') return tree.kind === 'text' && tree.value !== '';
  return takes === 'number' ? isNumber(type) : takes === 'text' ? isText(type) : type === takes;
}

const wordOf = (type: ExpressionType): string =>
  isNumber(type) ? 'a number' : isText(type) ? 'a text' : type === 'boolean' ? 'true or false' : type === 'missing' ? 'missing' : 'a date';

function adviceFor(type: ExpressionType, takes: Takes): string {
  if (takes === 'number' && isText(type)) return ' Turn it into a number with number(…).';
  if (takes === 'number' && type === 'boolean') return ' Turn it into a number with if(…, 1, 0).';
  if (takes === 'boolean') return ' Compare it with something.';
  return '';
}
