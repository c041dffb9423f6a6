import { int, string } from '../onnx/attributes.ts';
import type { GraphOperators } from '../onnx/operators.ts';
import { DateGraph } from './date-graph.ts';
import { TextCleaningGraph } from './text-cleaning-graph.ts';
import { TextGraph } from './text-graph.ts';

/**
 * Writes numbers as doubles with NaN for missing, true and false as 1 and 0, texts with "" for missing, dates as moments (`DateGraph`); every value
 * is [rows, 1] or [1, 1].
 */
export class GraphWriter {
  readonly builder: GraphOperators;
  readonly dates = new DateGraph(this);
  readonly texts = new TextGraph(this);
  readonly cleaning = new TextCleaningGraph(this, this.texts);
  constructor(builder: GraphOperators) {
    this.builder = builder;
  }

  node(operator: string, values: readonly string[]): string {
    return this.builder.node(operator, values, operator === 'Mod' ? { fmod: int(1) } : {});
  }
  number(value: number): string {
    return this.builder.doubles([value], [1, 1]);
  }
  text(value: string): string {
    return this.builder.strings([value], [1, 1]);
  }
  double(value: string): string {
    return this.builder.cast(value, 'double');
  }
  where(condition: string, value: string, otherwise: string): string {
    return this.node('Where', [condition, value, otherwise]);
  }
  /** x + (x − x): infinite becomes NaN, all else stays. */
  finite(value: string): string {
    return this.node('Add', [value, this.node('Sub', [value, value])]);
  }
  /** The value as float32 sees it; what is too large is missing. */
  single(value: string): string {
    return this.finite(this.double(this.builder.cast(value, 'float')));
  }
  /** What an operator gives that knows only float32. */
  asFloat(value: string, apply: (float: string) => string): string {
    return this.double(apply(this.builder.cast(value, 'float')));
  }
  /** The number, but missing where one of the others is. */
  andMissing(number: string, others: readonly string[]): string {
    return others.reduce((sum, other) => this.node('Add', [sum, this.node('Sub', [other, other])]), number);
  }
  missing(value: string, text: boolean): string {
    return text ? this.node('Equal', [value, this.text('')]) : this.node('IsNaN', [value]);
  }
  /** True and false as 1 and 0, missing where the text is. */
  whereText(text: string, truth: string): string {
    return this.where(this.missing(text, true), this.number(NaN), this.double(truth));
  }
  matches(text: string, pattern: string): string {
    return this.builder.node('RegexFullMatch', [text], { pattern: string(pattern) });
  }
}
