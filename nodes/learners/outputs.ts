import { int, type GraphBuilder } from '../kit/onnx/builder.ts';
import type { SignatureOutput, Task } from '../kit/signature.ts';

/** What a learner's score means. Two classes: `log-odds` or `probabilities` of the last class; several: `logits` or `probabilities` of each. */
export type Gives = 'value' | 'log-odds' | 'logits' | 'probabilities';

export const GIVES: Readonly<Record<Task, Gives>> = {
  regression: 'value',
  'two-class': 'log-odds',
  multiclass: 'logits',
  clustering: 'value',
  anomaly: 'value',
};

export interface OutputParts {
  readonly task: Task;
  readonly gives: Gives;
  /** As the signature names them. */
  readonly outputs: readonly SignatureOutput[];
  /** The classes as values of the label's column. */
  readonly values?: readonly (number | string)[];
  readonly textual: boolean;
  /** Quantile regression: the score has one column for each. */
  readonly quantiles?: readonly number[];
  /** Anomaly detection: scores from here on are anomalies. */
  readonly threshold: number;
}

/** Writes a model's output columns from its score, in the order of the signature. */
export function writeOutputs(builder: GraphBuilder, score: string, parts: OutputParts): void {
  writers[parts.task](builder, score, parts);
}

type Writer = (builder: GraphBuilder, score: string, parts: OutputParts) => void;
const writers: Readonly<Record<Task, Writer>> = { regression, 'two-class': twoClass, multiclass, clustering, anomaly };

/** A value, or the quantile that is nearest to the median and then all of them. */
function regression(builder: GraphBuilder, score: string, { outputs, quantiles = [] }: OutputParts): void {
  if (quantiles.length === 0) return void builder.output(outputs[0]!.name, score, 'float');
  const columns = split(builder, score, quantiles.length);
  const middle = quantiles.reduce((best, each, index) => (Math.abs(each - 0.5) < Math.abs(quantiles[best]! - 0.5) ? index : best), 0);
  [columns[middle]!, ...columns].forEach((value, index) => builder.output(outputs[index]!.name, value, 'float'));
}

/** How classes are written: numbers that float32 does not hold, such as 0.1 or 123456789, as float64, so that they stay what they are. */
function levelsOf(builder: GraphBuilder, values: readonly (number | string)[], textual: boolean) {
  const element = textual ? 'string' : values.every((each) => Math.fround(Number(each)) === each) ? 'float' : 'double';
  const constant = (some: readonly (number | string)[], dims?: readonly number[]): string => {
    if (element === 'string') return builder.strings(some.map(String), dims);
    return element === 'float' ? builder.floats(some.map(Number), dims) : builder.doubles(some.map(Number), dims);
  };
  return { element, constant } as const;
}

/** Probability of the positive class, and the label at 0.5. */
function twoClass(builder: GraphBuilder, score: string, { gives, outputs, values, textual }: OutputParts): void {
  const probability = gives === 'probabilities' ? score : builder.node('Sigmoid', [score]);
  const yes = builder.node('GreaterOrEqual', [probability, builder.floats([0.5], [1, 1])]);
  const { element, constant } = levelsOf(builder, values!, textual);
  const label = builder.node('Where', [yes, constant([values![1]!], [1, 1]), constant([values![0]!], [1, 1])]);
  builder.output(outputs[0]!.name, label, element);
  builder.output(outputs[1]!.name, probability, 'float');
}

/** A probability for each class, and the label of the highest; of equal ones the first. */
function multiclass(builder: GraphBuilder, score: string, { gives, outputs, values, textual }: OutputParts): void {
  const probabilities = gives === 'probabilities' ? score : builder.node('Softmax', [score], { axis: int(1) });
  const best = builder.node('ArgMax', [score], { axis: int(1), keepdims: int(1) });
  const { element, constant } = levelsOf(builder, values!, textual);
  builder.output(outputs[0]!.name, builder.node('Gather', [constant(values!), best]), element);
  split(builder, probabilities, values!.length).forEach((value, index) => builder.output(outputs[index + 1]!.name, value, 'float'));
}

/** The nearest centre, and the distance from each. */
function clustering(builder: GraphBuilder, score: string, { outputs }: OutputParts): void {
  const nearest = builder.node('ArgMin', [score], { axis: int(1), keepdims: int(1) });
  builder.output(outputs[0]!.name, builder.cast(nearest, 'float'), 'float');
  split(builder, score, outputs.length - 1).forEach((value, index) => builder.output(outputs[index + 1]!.name, value, 'float'));
}

/** 1 for an anomaly, and the score. */
function anomaly(builder: GraphBuilder, score: string, { outputs, threshold }: OutputParts): void {
  const strange = builder.node('GreaterOrEqual', [score, builder.floats([threshold], [1, 1])]);
  builder.output(outputs[0]!.name, builder.cast(strange, 'float'), 'float');
  builder.output(outputs[1]!.name, score, 'float');
}

/** The columns of [rows, count], each [rows, 1]. */
const split = (builder: GraphBuilder, value: string, count: number): string[] =>
  count === 1 ? [value] : builder.nodes('Split', [value], { axis: int(1), num_outputs: int(count) }, { outputs: count });
