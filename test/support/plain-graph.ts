import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, TensorProto_DataType, type AttributeProto, type NodeProto, type TensorProto } from 'onnx-buf';
import type { FeatureData } from '#nodes/kit/context.ts';
import { isTrees, readTrees, type ReadTree } from '#nodes/learners/trees/read.server.ts';
import type { Columns } from '#nodes/kit/table.ts';

/** Row after row; texts are "" where they are missing. */
interface Plain {
  readonly dims: readonly number[];
  readonly data: readonly number[] | readonly string[];
}

/**
 * The columns that a model's file gives for rows, by plain arithmetic in float64: what ONNX Runtime, which computes in float32 and in its own
 * order, is compared with. Throws at an operator that it does not know.
 */
export function scorePlainly(onnx: Uint8Array, { features, rowCount }: Pick<FeatureData, 'features' | 'rowCount'>, names: readonly string[]): Columns {
  const graph = fromBinary(ModelProtoSchema, onnx).graph!;
  const values = new Map<string, Plain>(graph.initializer.map((each) => [each.name, constant(each)]));
  for (const { schema, values: cells } of features) values.set(schema.name, { dims: [rowCount, 1], data: [...cells] as number[] | string[] });
  for (const node of graph.node) {
    const inputs = node.input.map((name) => values.get(name)!);
    evaluate(node, inputs).forEach((value, at) => values.set(node.output[at]!, value));
  }
  return new Map(
    graph.output.map(({ name }, at) => {
      const { data } = values.get(name)!;
      return [names[at]!, typeof data[0] === 'string' ? (data as readonly string[]) : Float64Array.from(data as readonly number[])];
    }),
  );
}

/** Whether `scorePlainly` knows all operators of a model. */
export const isPlain = (onnx: Uint8Array): boolean => fromBinary(ModelProtoSchema, onnx).graph!.node.every((node) => node.opType in operators || isTrees(node));

function constant({ dims, dataType, rawData, stringData }: TensorProto): Plain {
  const bytes = new Uint8Array(rawData).buffer;
  const shape = dims.map(Number);
  if (dataType === TensorProto_DataType.STRING) return { dims: shape, data: stringData.map((each) => new TextDecoder().decode(each)) };
  if (dataType === TensorProto_DataType.FLOAT) return { dims: shape, data: [...new Float32Array(bytes)] };
  if (dataType === TensorProto_DataType.DOUBLE) return { dims: shape, data: [...new Float64Array(bytes)] };
  if (dataType === TensorProto_DataType.INT64) return { dims: shape, data: Array.from(new BigInt64Array(bytes), Number) };
  return { dims: shape, data: [...new Uint8Array(bytes)] };
}

type Attributes = ReturnType<typeof attributesOf>;
function attributesOf({ attribute }: NodeProto) {
  const named = (name: string): AttributeProto | undefined => attribute.find((each) => each.name === name);
  return {
    int: (name: string, otherwise: number) => Number(named(name)?.i ?? otherwise),
    float: (name: string, otherwise: number) => named(name)?.f ?? otherwise,
    floats: (name: string) => named(name)?.floats ?? [],
    strings: (name: string) => (named(name)?.strings ?? []).map((each) => new TextDecoder().decode(each)),
  };
}

const numbersOf = ({ data }: Plain): readonly number[] => data as readonly number[];
const countOf = (dims: readonly number[]): number => dims.reduce((product, each) => product * each, 1);

/** Element by element, repeating what has fewer of them. */
function together(inputs: readonly Plain[], work: (...each: never[]) => number | string): Plain {
  const rank = Math.max(...inputs.map(({ dims }) => dims.length));
  const padded = inputs.map(({ dims }) => [...Array<number>(rank - dims.length).fill(1), ...dims]);
  const dims = Array.from({ length: rank }, (_, axis) => Math.max(...padded.map((each) => each[axis]!)));
  const strides = padded.map((each) => each.map((length, axis) => (length === 1 ? 0 : countOf(each.slice(axis + 1)))));
  const data = Array.from({ length: countOf(dims) }, (_, at) => {
    const places = inputs.map(() => 0);
    let left = at;
    for (let axis = rank - 1; axis >= 0; axis -= 1) {
      const place = left % dims[axis]!;
      left = Math.floor(left / dims[axis]!);
      strides.forEach((stride, input) => (places[input]! += place * stride[axis]!));
    }
    return work(...(inputs.map((input, which) => input.data[places[which]!]) as never[]));
  });
  return { dims, data: data as number[] };
}

const of = (work: (value: number) => number) => (inputs: readonly Plain[]) => [together(inputs, work)];
const ofBoth = (work: (a: number, b: number) => number) => (inputs: readonly Plain[]) => [together(inputs, work)];
/** Of the last axis of each row something. */
const ofRows = ({ dims, data }: Plain, work: (row: readonly number[]) => readonly number[]): Plain => {
  const width = dims.at(-1)!;
  const rows = Array.from({ length: data.length / width }, (_, row) => work((data as readonly number[]).slice(row * width, (row + 1) * width)));
  return { dims: [...dims.slice(0, -1), rows[0]?.length ?? 0], data: rows.flat() };
};

function product(a: Plain, b: Plain, transposed = false): Plain {
  const [rows, inner] = a.dims as [number, number];
  const columns = transposed ? b.dims[0]! : b.dims[1]!;
  const [left, right] = [numbersOf(a), numbersOf(b)];
  const data = new Array<number>(rows * columns).fill(0);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1)
      for (let k = 0; k < inner; k += 1)
        data[row * columns + column]! += left[row * inner + k]! * (transposed ? right[column * inner + k]! : right[k * columns + column]!);
  return { dims: [rows, columns], data };
}

function leafOf(tree: ReadTree, row: readonly number[]): number {
  let node = 0;
  while (tree.feature[node]! >= 0) {
    const value = row[tree.feature[node]!]!;
    const set = tree.sets.get(node);
    const left = Number.isNaN(value) ? tree.missingLeft[node] === 1 : set ? set.has(value) : value <= tree.threshold[node]!;
    node = left ? tree.left[node]! : tree.right[node]!;
  }
  return node;
}

function sumOfTrees(node: NodeProto, matrix: Plain): Plain {
  const trees = readTrees(node)!;
  const targets = attributesOf(node).int('n_targets', 1);
  return ofRows(matrix, (row) => {
    const sums = new Array<number>(targets).fill(0);
    for (const tree of trees) {
      const leaf = leafOf(tree, row);
      for (const [target, values] of tree.values) sums[target]! += values[leaf]!;
    }
    return sums;
  });
}

const operators: Readonly<Record<string, (inputs: readonly Plain[], attributes: Attributes, outputs: number) => Plain[]>> = {
  Identity: ([value]) => [value!],
  Cast: ([value]) => [value!],
  Add: ofBoth((a, b) => a + b),
  Sub: ofBoth((a, b) => a - b),
  Mul: ofBoth((a, b) => a * b),
  Div: ofBoth((a, b) => a / b),
  Max: ofBoth(Math.max),
  Min: ofBoth(Math.min),
  GreaterOrEqual: ofBoth((a, b) => Number(a >= b)),
  Mean: (inputs) => [together(inputs, (...each: number[]) => each.reduce((sum, one) => sum + one, 0) / each.length)],
  Less: ofBoth((a, b) => Number(a < b)),
  Exp: of(Math.exp),
  Cos: of(Math.cos),
  Sqrt: of(Math.sqrt),
  Relu: of((value) => Math.max(0, value)),
  Tanh: of(Math.tanh),
  Sigmoid: of((value) => 1 / (1 + Math.exp(-value))),
  IsNaN: of((value) => Number(Number.isNaN(value))),
  Where: (inputs) => [together(inputs, (which: number, a: number, b: number) => (which ? a : b))],
  Imputer: ([value], attributes) => {
    const fill = attributes.floats('imputed_value_floats');
    return [ofRows(value!, (row) => row.map((each, at) => (Number.isNaN(each) ? fill[at % fill.length]! : each)))];
  },
  Scaler: ([value], attributes) => {
    const [offset, scale] = [attributes.floats('offset'), attributes.floats('scale')];
    return [ofRows(value!, (row) => row.map((each, at) => (each - offset[at % offset.length]!) * scale[at % scale.length]!))];
  },
  OneHotEncoder: ([value], attributes) => {
    const levels = attributes.strings('cats_strings');
    return [{ dims: [...value!.dims, levels.length], data: value!.data.flatMap((cell) => levels.map((level) => Number(cell === level))) }];
  },
  LabelEncoder: ([value], attributes) => {
    const [keys, codes] = [attributes.strings('keys_strings'), attributes.floats('values_floats')];
    return [{ dims: value!.dims, data: value!.data.map((cell) => codes[keys.indexOf(String(cell))] ?? attributes.float('default_float', 0)) }];
  },
  Reshape: ([value, shape]) => {
    const known = numbersOf(shape!).filter((each) => each !== -1);
    return [{ dims: numbersOf(shape!).map((each) => (each === -1 ? value!.data.length / countOf(known) : each)), data: value!.data }];
  },
  Concat: (inputs) => {
    const rows = inputs[0]!.dims[0]!;
    const widths = inputs.map(({ dims }) => dims[1]!);
    const data = Array.from({ length: rows }, (_, row) =>
      inputs.flatMap((each, at) => numbersOf(each).slice(row * widths[at]!, (row + 1) * widths[at]!)),
    ).flat();
    return [{ dims: [rows, widths.reduce((sum, each) => sum + each, 0)], data }];
  },
  Split: ([value, sizes], _attributes, outputs) => {
    const width = value!.dims[1]!;
    const lengths = sizes ? numbersOf(sizes) : Array<number>(outputs).fill(width / outputs);
    let from = 0;
    return lengths.map((length) => {
      const begin = from;
      from += length;
      return ofRows(value!, (row) => row.slice(begin, begin + length));
    });
  },
  Gather: ([values, places], attributes) => {
    if (attributes.int('axis', 0) === 1) return [ofRows(values!, (row) => numbersOf(places!).map((each) => row[each]!))];
    return [{ dims: places!.dims, data: numbersOf(places!).map((each) => values!.data[each]!) as number[] }];
  },
  Gemm: ([a, b, c], attributes) => {
    const result = product(a!, b!, attributes.int('transB', 0) === 1);
    return [c ? together([result, c], (x: number, y: number) => x + y) : result];
  },
  MatMul: ([a, b]) => [product(a!, b!)],
  ReduceSum: ([value], attributes) => {
    const sums = ofRows(value!, (row) => [row.reduce((sum, each) => sum + each, 0)]);
    return [attributes.int('keepdims', 1) === 1 ? sums : { ...sums, dims: sums.dims.slice(0, -1) }];
  },
  ReduceMax: ([value]) => [ofRows(value!, (row) => [Math.max(...row)])],
  CumSum: ([value]) => [
    ofRows(value!, (row) => {
      let sum = 0;
      return row.map((each) => (sum += each));
    }),
  ],
  Softmax: ([value]) => [
    ofRows(value!, (row) => {
      const top = Math.max(...row);
      const total = row.reduce((sum, each) => sum + Math.exp(each - top), 0);
      return row.map((each) => Math.exp(each - top) / total);
    }),
  ],
  ArgMax: ([value]) => [ofRows(value!, (row) => [row.indexOf(Math.max(...row))])],
  ArgMin: ([value]) => [ofRows(value!, (row) => [row.indexOf(Math.min(...row))])],
};

function evaluate(node: NodeProto, inputs: readonly Plain[]): Plain[] {
  if (isTrees(node)) return [sumOfTrees(node, inputs[0]!)];
  const operator = operators[node.opType];
  if (!operator) throw new Error(`There is no plain twin of the operator ${node.opType}.`);
  return operator(inputs, attributesOf(node), node.output.length);
}
