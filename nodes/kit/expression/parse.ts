import { tokenise, type Token } from './tokens.ts';
import {
  COMPARISONS,
  MINUS_PRECEDENCE,
  NOT_PRECEDENCE,
  partsOf,
  PRECEDENCE,
  type Expression,
  type ExpressionProblem,
  type Literal,
  type Operator,
} from './tree.ts';

/** The longest expression, in characters. */
export const MAXIMUM_LENGTH = 5_000;
/** How deep an expression can be. */
export const MAXIMUM_DEPTH = 40;

class Refusal extends Error {
  readonly problem: ExpressionProblem;
  constructor(problem: ExpressionProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** Reads an expression to a tree, or gives the first problem with its place. Total: never throws. */
export function parse(source: string): { readonly tree: Expression } | { readonly problem: ExpressionProblem } {
  if (source.length > MAXIMUM_LENGTH)
    return {
      problem: { from: MAXIMUM_LENGTH, to: source.length, message: `The expression is longer than ${MAXIMUM_LENGTH} characters. Derive parts of it first.` },
    };
  const tokens = tokenise(source);
  if (!('length' in tokens)) return { problem: tokens };
  try {
    return { tree: new Parser(tokens).all() };
  } catch (refusal) {
    if (refusal instanceof Refusal) return { problem: refusal.problem };
    throw refusal;
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #open = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get #next(): Token {
    return this.#tokens[this.#at]!;
  }
  #ends(): boolean {
    return this.#next.kind === 'end';
  }
  #take(): Token {
    return this.#tokens[this.#at++]!;
  }
  #is(text: string): boolean {
    return (this.#next.kind === 'symbol' || this.#next.kind === 'keyword') && this.#next.text === text;
  }
  #accept(text: string): boolean {
    const found = this.#is(text);
    if (found) this.#at += 1;
    return found;
  }
  #refuse(message: string, { from, to }: { from: number; to: number } = this.#next): never {
    throw new Refusal({ from, to: Math.max(to, from), message });
  }
  #expect(text: string, where: string): Token {
    if (!this.#is(text)) this.#refuse(`Expected ${text} ${where}.`);
    return this.#take();
  }

  all(): Expression {
    if (this.#ends()) this.#refuse('The expression is empty. Write one, such as price * 2.');
    const tree = this.#above(0);
    if (!this.#ends()) this.#refuse(`Expected an operator before “${this.#next.text}”.`);
    return this.#shallow(tree);
  }

  /** Long chains such as 1 + 1 + 1 + … grow deep without any recursion here. */
  #shallow(tree: Expression): Expression {
    let level: Expression[] = [tree];
    for (let depth = 0; level.length > 0; depth += 1) {
      if (depth > MAXIMUM_DEPTH) this.#refuse(DEEP, level[0]);
      level = level.flatMap(partsOf);
    }
    return tree;
  }

  /** The longest expression whose operators all bind at least as tightly as `least`. */
  #above(least: number): Expression {
    this.#open += 1;
    if (this.#open > MAXIMUM_DEPTH * 3) this.#refuse(DEEP);
    let left = this.#prefix(least);
    for (;;) {
      const { kind, text } = this.#next;
      if (kind !== 'symbol' && kind !== 'keyword') break;
      const compares = PRECEDENCE['='];
      if ((text === 'in' || text === 'is' || text === 'not') && least <= compares) {
        left = this.#test(left);
        this.#single(compares);
        continue;
      }
      const binds = Object.hasOwn(PRECEDENCE, text) ? PRECEDENCE[text as Operator] : -1;
      if (binds < Math.max(least, 1)) break;
      this.#take();
      const right = this.#above(text === '^' ? MINUS_PRECEDENCE : binds + 1);
      left = { kind: 'binary', operator: text as Operator, left, right, from: left.from, to: right.to };
      if (binds === compares) this.#single(compares);
    }
    this.#open -= 1;
    return left;
  }

  /** Comparisons do not follow each other: 1 < a < 3 means something else than it looks. */
  #single(compares: number): void {
    const { text, kind } = this.#next;
    if (kind === 'symbol' && (COMPARISONS as readonly string[]).includes(text) && PRECEDENCE[text as Operator] === compares)
      this.#refuse('Comparisons cannot follow each other. Join two with and, such as 1 < a and a < 3.');
  }

  #prefix(least: number): Expression {
    const { from } = this.#next;
    if (this.#is('not')) {
      if (least > NOT_PRECEDENCE) this.#refuse('Put what not belongs to in parentheses.');
      this.#take();
      const operand = this.#above(NOT_PRECEDENCE);
      return { kind: 'unary', operator: 'not', operand, from, to: operand.to };
    }
    if (this.#is('-')) {
      this.#take();
      const operand = this.#above(MINUS_PRECEDENCE);
      return { kind: 'unary', operator: '-', operand, from, to: operand.to };
    }
    return this.#atom();
  }

  /** `x in (…)`, `x not in (…)`, `x is missing`, `x is not missing`. */
  #test(operand: Expression): Expression {
    if (this.#accept('is')) {
      const negated = this.#accept('not');
      const { to } = this.#expect('missing', 'after is');
      return negate({ kind: 'isMissing', operand, from: operand.from, to }, negated);
    }
    const negated = this.#accept('not');
    this.#expect('in', 'after not');
    this.#expect('(', 'after in');
    const values = [this.#literal()];
    while (this.#accept(',')) values.push(this.#literal());
    const { to } = this.#expect(')', 'after the values');
    return negate({ kind: 'in', operand, values, from: operand.from, to }, negated);
  }

  #literal(): Literal {
    const negative = this.#is('-') ? this.#take() : undefined;
    const { kind, text, from, to } = this.#next;
    if (kind === 'number') {
      this.#take();
      return { kind, value: negative ? -Number(text) : Number(text), from: negative?.from ?? from, to };
    }
    if (kind !== 'text' || negative) this.#refuse("Expected a number or a 'text' in the list.");
    this.#take();
    return { kind: 'text', value: text, from, to };
  }

  #atom(): Expression {
    const token = this.#next;
    const { from, to, text } = token;
    if (token.kind === 'end') this.#refuse('The expression ends too soon. Expected a column, a value or a function.');
    this.#take();
    if (token.kind === 'number') return { kind: 'number', value: Number(text), from, to };
    if (token.kind === 'text') return { kind: 'text', value: text, from, to };
    if (token.kind === 'column') return { kind: 'column', name: text, from, to };
    if (token.kind === 'name') return this.#is('(') ? this.#call(token) : { kind: 'column', name: text, from, to };
    if (token.kind === 'keyword' && (text === 'true' || text === 'false')) return { kind: 'boolean', value: text === 'true', from, to };
    if (token.kind === 'keyword' && text === 'missing') return { kind: 'missing', from, to };
    if (text === '(') {
      const tree = this.#above(0);
      const close = this.#expect(')', 'to close the parenthesis');
      return { ...tree, from, to: close.to };
    }
    return this.#refuse(`Expected a column, a value or a function, not “${text}”.`, token);
  }

  #call({ text: name, from }: Token): Expression {
    this.#take();
    const values: Expression[] = [];
    if (!this.#is(')')) {
      do values.push(this.#above(0));
      while (this.#accept(','));
    }
    const { to } = this.#expect(')', `to close ${name}(`);
    return { kind: 'call', name, values, from, to };
  }
}

const DEEP = `The expression is deeper than ${MAXIMUM_DEPTH} levels. Derive parts of it first.`;

const negate = (operand: Expression, negated: boolean): Expression =>
  negated ? { kind: 'unary', operator: 'not', operand, from: operand.from, to: operand.to } : operand;
