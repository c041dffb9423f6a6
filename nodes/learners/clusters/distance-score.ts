import { int, type GraphBuilder } from '../../kit/onnx/builder.ts';

/** Euclidean distances [rows, centres] by |x|² − 2 x·c + |c|² in float64, where they do not cancel. */
export function distanceScore(centres: Float64Array, width: number): (builder: GraphBuilder, matrix: string) => string {
  const count = centres.length / width;
  const factors = Float64Array.from({ length: centres.length }, (_, at) => -2 * centres[(at % count) * width + Math.floor(at / count)]!);
  const lengths = Float64Array.from({ length: count }, (_, centre) =>
    centres.subarray(centre * width, (centre + 1) * width).reduce((sum, each) => sum + each * each, 0),
  );
  return (builder, matrix) => {
    const wide = builder.cast(matrix, 'double');
    const own = builder.node('ReduceSum', [builder.node('Mul', [wide, wide]), builder.int64s([1])], { keepdims: int(1) });
    const rest = builder.node('Gemm', [wide, builder.doubles(factors, [width, count]), builder.doubles(lengths, [count])]);
    const squares = builder.node('Max', [builder.node('Add', [rest, own]), builder.doubles([0], [])]);
    return builder.cast(builder.node('Sqrt', [squares]), 'float');
  };
}
