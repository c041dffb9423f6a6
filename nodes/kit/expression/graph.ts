import { float, floats, int, strings } from '../onnx/attributes.ts';
import { NO_GRAPH, type GraphOperators } from '../onnx/operators.ts';
import { isTextual } from '../table.ts';
import type { ExpressionType, Typed } from './check.ts';
import { functions } from './functions.ts';
import { GraphWriter } from './graph-writer.ts';
import { NotInGraph } from './not-in-graph.ts';
import { columnsRead } from './tree.ts';

const textual = (type: ExpressionType): boolean => type !== 'missing' && isTextual(type);
const OPERATORS: Readonly<Record<string, string>> = { '+': 'Add', '-': 'Sub', '*': 'Mul', '/': 'Div', '%': 'Mod', '^': 'Pow' };
const ORDERS: Readonly<Record<string, string>> = { '=': 'Equal', '!=': 'Equal', '<': 'Less', '<=': 'LessOrEqual', '>': 'Greater', '>=': 'GreaterOrEqual' };

/**
 * Writes an expression into a graph and gives the name of its value [rows, 1]: float32 with NaN for missing, or strings with "" (texts, and dates as
 * `graphTypeOf` tells). `column` gives the value of a column, `rows` any value that has as many rows as the request. Throws `NotInGraph` where ONNX cannot express it.
 */
export function compileToGraph(typed: Typed, builder: GraphOperators, column: (name: string) => string, rows: () => string): string {
  const value = new Compiler(builder, column).write(typed);
  const writer = new GraphWriter(builder);
  const result = typed.type === 'datetime' ? writer.dates.write(value) : textual(typed.type) ? value : writer.finite(builder.cast(value, 'float'));
  return columnsRead(typed.tree).size > 0 ? result : builder.node('Expand', [result, builder.node('Shape', [rows()])]);
}

/** Why the expression cannot become part of a model; null when it can. */
export function refusalOf(typed: Typed): string | null {
  try {
    compileToGraph(
      typed,
      NO_GRAPH,
      (name) => name,
      () => 'rows',
    );
    return null;
  } catch (refusal) {
    if (refusal instanceof NotInGraph) return refusal.message;
    throw refusal;
  }
}

class Compiler {
  readonly #writer: GraphWriter;
  readonly #column: (name: string) => string;
  readonly #columns = new Map<string, string>();

  constructor(builder: GraphOperators, column: (name: string) => string) {
    this.#writer = new GraphWriter(builder);
    this.#column = column;
  }

  write({ tree, type, parts }: Typed, wanted: ExpressionType = type): string {
    const writer = this.#writer;
    switch (tree.kind) {
      case 'number':
        return writer.number(tree.value);
      case 'text':
        return writer.text(tree.value);
      case 'boolean':
        return writer.number(Number(tree.value));
      case 'missing':
        return textual(wanted) ? writer.text('') : writer.number(NaN);
      case 'column':
        return this.#read(tree.name, type);
      case 'unary': {
        const value = this.write(parts[0]!);
        return tree.operator === '-' ? writer.node('Neg', [value]) : writer.node('Sub', [writer.number(1), value]);
      }
      case 'isMissing':
        return writer.double(writer.missing(this.#finite(parts[0]!), textual(parts[0]!.type)));
      case 'in':
        return this.#in(tree.values, parts[0]!);
      case 'binary':
        return this.#binary(tree.operator, parts[0]!, parts[1]!);
      case 'call': {
        const definition = functions.get(tree.name.toLowerCase())!;
        const values = parts.map((part) => {
          if (definition.enters === 'single') return this.#single(part);
          const wanted = definition.gives === 'same' && part.type === 'missing' ? type : part.type;
          return definition.enters === 'finite' ? this.#finite(part, wanted) : this.write(part, wanted);
        });
        return definition.graph(writer, values, parts);
      }
    }
  }

  #read(name: string, type: ExpressionType): string {
    let value = this.#columns.get(name);
    if (value === undefined) {
      const given = this.#column(name);
      value = type === 'datetime' ? this.#writer.dates.read(given) : textual(type) ? given : this.#writer.double(given);
      this.#columns.set(name, value);
    }
    return value;
  }

  #finite(part: Typed, wanted: ExpressionType = part.type): string {
    const value = this.write(part, wanted);
    return part.type === 'number' || part.type === 'integer' ? this.#writer.finite(value) : value;
  }

  #single(part: Typed): string {
    return part.type === 'number' ? this.#writer.single(this.write(part)) : this.#finite(part);
  }

  #in(values: readonly { readonly kind: string; readonly value: string | number }[], part: Typed): string {
    const writer = this.#writer;
    const value = this.#single(part);
    if (textual(part.type)) {
      const keys = [...new Set(values.map((each) => String(each.value)))].filter((each) => each !== '');
      const attributes = { keys_strings: strings(keys), values_floats: floats(keys.map(() => 1)), default_float: float(0) };
      const found = keys.length > 0 ? writer.double(writer.builder.ml('LabelEncoder', [value], attributes)) : writer.number(NaN);
      return writer.where(writer.missing(value, true), writer.number(NaN), found);
    }
    const numbers = values.map((each) => (part.type === 'integer' ? Number(each.value) : Math.fround(Number(each.value))));
    const equal = writer.builder.cast(writer.node('Equal', [value, writer.builder.doubles(numbers, [1, numbers.length])]), 'float');
    const any = writer.builder.node('ReduceMax', [equal, writer.builder.int64s([1])], { keepdims: int(1) });
    return writer.andMissing(writer.double(any), [value]);
  }

  #binary(operator: string, left: Typed, right: Typed): string {
    const writer = this.#writer;
    if (operator === 'and' || operator === 'or') {
      const values = [this.write(left), this.write(right)];
      const decides = writer.number(operator === 'or' ? 1 : 0);
      const decided = writer.node(
        'Or',
        values.map((value) => writer.node('Equal', [value, decides])),
      );
      return writer.where(decided, decides, writer.node('Mul', values));
    }
    const arithmetic = OPERATORS[operator];
    if (arithmetic === undefined) return this.#compare(operator, left, right);
    const enter = (part: Typed) => (operator === '%' ? this.#single(part) : this.write(part));
    return writer.node(arithmetic, [enter(left), enter(right)]);
  }

  #compare(operator: string, left: Typed, right: Typed): string {
    const writer = this.#writer;
    if (textual(left.type) && operator !== '=' && operator !== '!=') throw new NotInGraph('it compares texts by their order');
    const values = [this.#single(left), this.#single(right)];
    const truth = writer.double(writer.node(ORDERS[operator]!, values));
    const answer = operator === '!=' ? writer.node('Sub', [writer.number(1), truth]) : truth;
    if (!textual(left.type)) return writer.andMissing(answer, values);
    const gone = writer.node(
      'Or',
      values.map((value) => writer.missing(value, true)),
    );
    return writer.where(gone, writer.number(NaN), answer);
  }
}
