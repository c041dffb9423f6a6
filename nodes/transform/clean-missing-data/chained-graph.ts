import type { GraphBuilder } from '../../kit/onnx/builder.ts';
import { oneHot } from '../../kit/onnx/encode.ts';
import type { Chained } from './chained.ts';

/** A category whose levels predict. */
export interface Levels {
  readonly name: string;
  readonly levels: readonly string[];
}

/**
 * Writes `fillChained` as a graph, in float64. `value` gives a column's own value [rows, 1].
 * @returns by name, the estimated columns as float32 [rows, 1]
 */
export function chainedGraph(
  { numbers, estimates, rounds }: Chained,
  categories: readonly Levels[],
  builder: GraphBuilder,
  value: (name: string) => string,
): Map<string, string> {
  const scalar = (number: number): string => builder.doubles([number], []);
  const zero = scalar(0);
  const missing = numbers.map(({ name }) => builder.node('IsNaN', [value(name)]));
  const bounds = numbers.map(({ low, high }) => [scalar(low), scalar(high)] as const);
  const entries = numbers.map(({ name, mean, deviation }, at) => {
    const centred = builder.node('Sub', [builder.cast(value(name), 'double'), scalar(mean)]);
    const clipped = builder.node('Clip', [builder.node('Div', [centred, scalar(deviation)]), ...bounds[at]!]);
    return builder.node('Where', [missing[at]!, zero, clipped]);
  });
  const indicators = categories.map(({ name, levels }) => builder.cast(oneHot(builder, value(name), levels), 'double'));
  const terms = estimates.map(({ weights, intercept }) => ({ weights: builder.doubles(weights, [weights.length, 1]), intercept: scalar(intercept) }));
  for (let round = 0; round < rounds; round += 1)
    for (const [index, { at }] of estimates.entries()) {
      const { weights, intercept } = terms[index]!;
      const sum = builder.node('Add', [builder.node('MatMul', [builder.concat([...entries, ...indicators]), weights]), intercept]);
      entries[at] = builder.node('Where', [missing[at]!, builder.node('Clip', [sum, ...bounds[at]!]), entries[at]!]);
    }
  return new Map(
    estimates.map(({ at }) => {
      const { name, mean, deviation } = numbers[at]!;
      const filled = builder.node('Add', [builder.node('Mul', [entries[at]!, scalar(deviation)]), scalar(mean)]);
      return [name, builder.node('Where', [missing[at]!, builder.cast(filled, 'float'), value(name)])];
    }),
  );
}
