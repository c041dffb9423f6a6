/** Where a part of an expression stands in its text: from the first character to after the last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export const COMPARISONS = ['=', '!=', '<', '<=', '>', '>='] as const;
export type Comparison = (typeof COMPARISONS)[number];
export type Operator = 'or' | 'and' | Comparison | '+' | '-' | '*' | '/' | '%' | '^';

export type Literal = Span & ({ readonly kind: 'number'; readonly value: number } | { readonly kind: 'text'; readonly value: string });

/** An expression as it was written. `not in` and `is not missing` are the negation of the plain form. */
export type Expression =
  | Literal
  | (Span &
      (
        | { readonly kind: 'boolean'; readonly value: boolean }
        | { readonly kind: 'missing' }
        | { readonly kind: 'column'; readonly name: string }
        | { readonly kind: 'unary'; readonly operator: '-' | 'not'; readonly operand: Expression }
        | { readonly kind: 'binary'; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
        | { readonly kind: 'in'; readonly operand: Expression; readonly values: readonly Literal[] }
        | { readonly kind: 'isMissing'; readonly operand: Expression }
        | { readonly kind: 'call'; readonly name: string; readonly values: readonly Expression[] }
      ));

/** A problem in an expression: where it is and what to do. */
export interface ExpressionProblem extends Span {
  readonly message: string;
  /** What the text between `from` and `to` should perhaps be. */
  readonly replacement?: string;
  /** The column that is not there. */
  readonly column?: string;
}

/** How tightly operators bind; unary minus lies between `*` and `^`, `not` between `and` and the comparisons. */
export const PRECEDENCE: Readonly<Record<Operator, number>> = {
  or: 1,
  and: 2,
  '=': 4,
  '!=': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
  '^': 8,
};
export const NOT_PRECEDENCE = 3;
export const MINUS_PRECEDENCE = 7;

export const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in', 'is', 'missing', 'true', 'false']);
const PLAIN_NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/** A column's name as an expression writes it: plain where that is possible, else in brackets. */
export const printName = (name: string): string => (PLAIN_NAME.test(name) && !KEYWORDS.has(name.toLowerCase()) ? name : `[${name.replaceAll(']', ']]')}]`);
export const printText = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** What a text says that is written out; '' for anything else. */
export const writtenText = (tree: Expression | undefined): string => (tree?.kind === 'text' ? tree.value : '');

/** The text of an expression; reading it gives the same tree. */
export function print(tree: Expression): string {
  switch (tree.kind) {
    case 'number':
      return String(tree.value);
    case 'text':
      return printText(tree.value);
    case 'boolean':
      return String(tree.value);
    case 'missing':
      return 'missing';
    case 'column':
      return printName(tree.name);
    case 'unary':
      return tree.operator === '-' ? `-${inner(tree.operand, MINUS_PRECEDENCE)}` : `not ${inner(tree.operand, NOT_PRECEDENCE)}`;
    case 'binary': {
      const binds = PRECEDENCE[tree.operator];
      // `^` groups to the right, comparisons do not group, all others group to the left.
      const [left, right] = tree.operator === '^' ? [binds + 1, MINUS_PRECEDENCE] : [binds === 4 ? 5 : binds, binds + 1];
      return `${inner(tree.left, left)} ${tree.operator} ${inner(tree.right, right)}`;
    }
    case 'in':
      return `${inner(tree.operand, 5)} in (${tree.values.map(print).join(', ')})`;
    case 'isMissing':
      return `${inner(tree.operand, 5)} is missing`;
    case 'call':
      return `${tree.name}(${tree.values.map(print).join(', ')})`;
  }
}

function inner(tree: Expression, least: number): string {
  const text = print(tree);
  return bindingOf(tree) < least ? `(${text})` : text;
}

function bindingOf(tree: Expression): number {
  if (tree.kind === 'binary') return PRECEDENCE[tree.operator];
  if (tree.kind === 'unary') return tree.operator === '-' ? MINUS_PRECEDENCE : NOT_PRECEDENCE;
  if (tree.kind === 'number' && tree.value < 0) return MINUS_PRECEDENCE;
  return tree.kind === 'in' || tree.kind === 'isMissing' ? 4 : 9;
}

/** The parts directly inside of an expression. */
export function partsOf(tree: Expression): readonly Expression[] {
  if (tree.kind === 'unary' || tree.kind === 'in' || tree.kind === 'isMissing') return [tree.operand];
  if (tree.kind === 'binary') return [tree.left, tree.right];
  return tree.kind === 'call' ? tree.values : [];
}

/** The names of the columns that an expression reads. */
export function columnsRead(tree: Expression): Set<string> {
  if (tree.kind === 'column') return new Set([tree.name]);
  return new Set(partsOf(tree).flatMap((part) => [...columnsRead(part)]));
}
