import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from 'onnx-buf';
import { int, type Attribute } from './attributes.ts';
import type { GraphType, OutputType } from './graph-type.ts';
import { MICROSOFT, type GraphOperators } from './operators.ts';

export { float, floats, int, ints, string, strings } from './attributes.ts';
export { MICROSOFT };

export const IR_VERSION = 10n;
export const OPSET = 21n;
/** `TreeEnsemble` needs 5; the older tree operators are gone there, so it is asked for only where it is used. */
export const ML_OPSET = 3n;
export const ML_OPSET_TREES = 5n;
export const ML = 'ai.onnx.ml';

const encoder = new TextEncoder();
const attribute = (fields: Attribute) => create(AttributeProtoSchema, fields);
export const tensor = (value: TensorProto) => attribute({ type: AttributeProto_AttributeType.TENSOR, t: value });
/** The body of a `Loop`, written by a builder with a prefix of its own; it may use values of the graph around it. */
export const body = (builder: GraphBuilder) => attribute({ type: AttributeProto_AttributeType.GRAPH, g: builder.toGraph() });

const shape = (dims: readonly number[]) => dims.map((each) => BigInt(each));
const bytesOf = (values: Float32Array | Float64Array | BigInt64Array | Uint8Array) =>
  new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);

/** Constant tensors, row-major; `dims` defaults to one dimension. */
export const floatTensor = (values: Iterable<number>, dims?: readonly number[], name = ''): TensorProto => {
  const data = Float32Array.from(values);
  return create(TensorProtoSchema, { name, dataType: TensorProto_DataType.FLOAT, dims: shape(dims ?? [data.length]), rawData: bytesOf(data) });
};
export const doubleTensor = (values: Iterable<number>, dims?: readonly number[], name = ''): TensorProto => {
  const data = Float64Array.from(values);
  return create(TensorProtoSchema, { name, dataType: TensorProto_DataType.DOUBLE, dims: shape(dims ?? [data.length]), rawData: bytesOf(data) });
};
export const int64Tensor = (values: Iterable<number>, dims?: readonly number[], name = ''): TensorProto => {
  const data = BigInt64Array.from(values, (each) => BigInt(each));
  return create(TensorProtoSchema, { name, dataType: TensorProto_DataType.INT64, dims: shape(dims ?? [data.length]), rawData: bytesOf(data) });
};
export const uint8Tensor = (values: Iterable<number>, dims?: readonly number[], name = ''): TensorProto => {
  const data = Uint8Array.from(values);
  return create(TensorProtoSchema, { name, dataType: TensorProto_DataType.UINT8, dims: shape(dims ?? [data.length]), rawData: bytesOf(data) });
};
export const stringTensor = (values: Iterable<string>, dims?: readonly number[], name = ''): TensorProto => {
  const data = Array.from(values, (each) => encoder.encode(each));
  return create(TensorProtoSchema, { name, dataType: TensorProto_DataType.STRING, dims: shape(dims ?? [data.length]), stringData: data });
};

/** Element types for `Cast`. */
export const ELEMENT = {
  float: TensorProto_DataType.FLOAT,
  double: TensorProto_DataType.DOUBLE,
  int64: TensorProto_DataType.INT64,
  int32: TensorProto_DataType.INT32,
  bool: TensorProto_DataType.BOOL,
  string: TensorProto_DataType.STRING,
} as const;

/** The description of a graph's input or output; a dimension that is not known beforehand has a name. */
export function tensorInfo(name: string, element: keyof typeof ELEMENT, dims: readonly (number | string)[]): ValueInfoProto {
  const dim = dims.map((each) =>
    create(TensorShapeProto_DimensionSchema, {
      value: typeof each === 'string' ? { case: 'dimParam', value: each } : { case: 'dimValue', value: BigInt(each) },
    }),
  );
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, {
      value: { case: 'tensorType', value: create(TypeProto_TensorSchema, { elemType: ELEMENT[element], shape: create(TensorShapeProtoSchema, { dim }) }) },
    }),
  });
}

/** The description of a graph's input or output of shape [rows, width]. */
export const columnInfo = (name: string, type: OutputType, width = 1): ValueInfoProto => tensorInfo(name, type, ['rows', width]);

/** A model around a graph, with the operator sets that its nodes need; `opset` is that of the standard operators. */
export function modelOf(graph: GraphProto, metadata: Readonly<Record<string, string>> = {}, opset = OPSET): ModelProto {
  const domains = new Set(graph.node.map((each) => each.domain));
  const imports = [create(OperatorSetIdProtoSchema, { domain: '', version: opset })];
  if (domains.has(ML)) {
    const trees = graph.node.some((each) => each.domain === ML && each.opType === 'TreeEnsemble');
    imports.push(create(OperatorSetIdProtoSchema, { domain: ML, version: trees ? ML_OPSET_TREES : ML_OPSET }));
  }
  if (domains.has(MICROSOFT)) imports.push(create(OperatorSetIdProtoSchema, { domain: MICROSOFT, version: 1n }));
  return create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    producerName: 'modelwright',
    producerVersion: '1',
    opsetImport: imports,
    graph,
    metadataProps: Object.entries(metadata).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
  });
}

export interface NodeOptions {
  /** Operator domain; the standard one by default. */
  readonly domain?: string;
  /** How many outputs the node has; 1 by default. */
  readonly outputs?: number;
}

/** Writes a graph whose inputs and outputs are columns. Inner names begin with a space, so that no column can have the same one. */
export class GraphBuilder {
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #nodes: NodeProto[] = [];
  readonly #columnNames = new Set<string>();
  readonly #prefix: string;
  readonly #written = new Map<string, string>();
  #count = 0;

  /** `prefix` keeps the inner names of a body apart from those of the graph around it. */
  constructor(prefix = '') {
    this.#prefix = prefix;
  }

  #fresh(hint: string): string {
    this.#count += 1;
    return ` ${this.#prefix}${hint}_${this.#count}`;
  }

  /** Declares a tensor of any shape as an input, for graphs that compute rather than score. */
  tensor(name: string, element: keyof typeof ELEMENT, dims: readonly (number | string)[]): string {
    this.#inputs.push(tensorInfo(name, element, dims));
    return name;
  }
  /** Declares a value of any shape that an operator gives as the next output, under its own name. */
  result(value: string, element: keyof typeof ELEMENT, dims: readonly (number | string)[]): void {
    this.#outputs.push(tensorInfo(value, element, dims));
  }

  /** Declares the column `name` as an input of shape [rows, 1] and gives the name of its value. */
  input(name: string, type: GraphType): string {
    if (this.#columnNames.has(name)) throw new Error(`The graph has a column "${name}" already.`);
    this.#columnNames.add(name);
    this.#inputs.push(columnInfo(name, type));
    return name;
  }

  hasInput(name: string): boolean {
    return this.#inputs.some((each) => each.name === name);
  }

  /**
   * Declares a value of shape [rows, 1] as the output column `name`. A graph may not use a name twice, so a column that replaces an input is
   * called `name` with an apostrophe; outputs correspond to the signature's by position.
   */
  output(name: string, value: string, type: OutputType): string {
    let label = name;
    while (this.#columnNames.has(label)) label += "'";
    this.#columnNames.add(label);
    this.#outputs.push(columnInfo(label, type));
    this.#nodes.push(create(NodeProtoSchema, { opType: 'Identity', name: this.#fresh('Identity'), input: [value], output: [label] }));
    return label;
  }

  /** A constant; gives the name of its value. */
  constant(value: TensorProto): string {
    value.name = this.#fresh('constant');
    this.#initializers.push(value);
    return value.name;
  }
  floats(values: Iterable<number>, dims?: readonly number[]): string {
    return this.constant(floatTensor(values, dims));
  }
  doubles(values: Iterable<number>, dims?: readonly number[]): string {
    return this.constant(doubleTensor(values, dims));
  }
  int64s(values: Iterable<number>, dims?: readonly number[]): string {
    return this.constant(int64Tensor(values, dims));
  }
  strings(values: Iterable<string>, dims?: readonly number[]): string {
    return this.constant(stringTensor(values, dims));
  }

  /** Adds an operator and gives the names of its outputs. */
  nodes(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    { domain = '', outputs = 1 }: NodeOptions = {},
  ): string[] {
    const names = Array.from({ length: outputs }, () => this.#fresh(opType));
    const attributeList = Object.entries(attributes).map(([name, value]) => ({ ...value, name }));
    this.#nodes.push(create(NodeProtoSchema, { opType, domain, name: this.#fresh(opType), input: [...inputs], output: names, attribute: attributeList }));
    return names;
  }

  /** Adds an operator with one output and gives its name. */
  node(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}, options: Omit<NodeOptions, 'outputs'> = {}): string {
    return this.nodes(opType, inputs, attributes, options)[0]!;
  }

  /** An operator of the ai.onnx.ml domain. */
  ml(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.node(opType, inputs, attributes, { domain: ML });
  }

  cast(value: string, to: keyof typeof ELEMENT): string {
    return this.node('Cast', [value], { to: int(ELEMENT[to]) });
  }

  /** What was written before under the same key, so that it is computed once. */
  once(key: string, write: () => string): string {
    let value = this.#written.get(key);
    if (value === undefined) this.#written.set(key, (value = write()));
    return value;
  }

  /** What `step` makes of texts [rows, width], so many times over (int64, a scalar); the width may change. */
  repeat(times: string, texts: string, step: (inner: GraphOperators, texts: string) => string): string {
    const inner = new GraphBuilder(`${this.#fresh('Loop').trim()} `);
    inner.tensor(inner.#fresh('round'), 'int64', []);
    const going = inner.tensor(inner.#fresh('going'), 'bool', []);
    const before = inner.tensor(inner.#fresh('before'), 'string', ['rows', 'before']);
    const after = step(inner, before);
    inner.result(inner.node('Identity', [going]), 'bool', []);
    inner.result(after, 'string', ['rows', 'after']);
    return this.node('Loop', [times, '', texts], { body: body(inner) });
  }

  /** Values side by side along the columns; one value stays as it is. */
  concat(values: readonly string[]): string {
    return values.length === 1 ? values[0]! : this.node('Concat', values, { axis: int(1) });
  }

  /** Adds finished operators and constants under their own names. */
  include(nodes: readonly NodeProto[], initializers: readonly TensorProto[]): void {
    this.#nodes.push(...nodes);
    this.#initializers.push(...initializers);
  }

  toGraph(): GraphProto {
    return create(GraphProtoSchema, { name: 'modelwright', input: this.#inputs, output: this.#outputs, initializer: this.#initializers, node: this.#nodes });
  }

  /** The ONNX file. `metadata` becomes metadata_props. */
  toBytes(metadata: Readonly<Record<string, string>> = {}): Uint8Array {
    return toBinary(ModelProtoSchema, modelOf(this.toGraph(), metadata));
  }
}
