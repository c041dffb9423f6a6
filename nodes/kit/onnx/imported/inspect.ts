import { fromBinary } from '@bufbuild/protobuf';
import {
  ModelProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from 'onnx-buf';
import { NodeError } from '../../issues.ts';
import { ML, tensorInfo } from '../builder.ts';
import type { GraphTensor, InspectedGraph, TensorType } from './types.ts';

/** The most that a file may hold. */
export const IMPORT_LIMITS = { bytes: 512 * 2 ** 20, nodes: 100_000, depth: 8, tensors: 2_000, columns: 10_000 } as const;
const IR_VERSIONS = [3, 13] as const;
const OPSETS: Readonly<Record<string, readonly [number, number]>> = { '': [9, 24], [ML]: [1, 5] };
const TENSOR_TYPES: Readonly<Partial<Record<TensorProto_DataType, TensorType>>> = {
  [TensorProto_DataType.FLOAT]: 'float',
  [TensorProto_DataType.DOUBLE]: 'double',
  [TensorProto_DataType.INT32]: 'int32',
  [TensorProto_DataType.INT64]: 'int64',
  [TensorProto_DataType.STRING]: 'string',
  [TensorProto_DataType.BOOL]: 'bool',
};
const decoder = new TextDecoder();
const refuse = (message: string): NodeError => new NodeError('model_mismatch', message);
/** ai.onnx is another name of the standard operators. */
const domainOf = (name: string): string => (name === 'ai.onnx' ? '' : name);

/**
 * Reads an ONNX file made elsewhere and looks through all of it, without running anything: versions, operators, sizes, and that it is whole by
 * itself. ZipMap, with which scikit-learn's exporters end classifiers, is taken away: its probabilities are a tensor before it.
 * @throws NodeError `model_mismatch` that says what is wrong and how to export it otherwise
 */
export function inspectImported(bytes: Uint8Array): { model: ModelProto; graph: GraphProto; found: InspectedGraph } {
  if (bytes.length > IMPORT_LIMITS.bytes) throw refuse(`The file is larger than ${IMPORT_LIMITS.bytes / 2 ** 20} MB, the most that a model may have.`);
  const model = parse(bytes);
  const { graph } = model;
  if (!graph || graph.node.length === 0 || graph.output.length === 0) throw refuse('This is no ONNX model: it has no graph. Export the model as .onnx first.');
  const opsets = versionsOf(model);
  const seen = { nodes: 0, operators: new Map<string, number>() };
  look(graph, 0, seen, opsets);
  const notes: string[] = [];
  const stripped = withoutZipMap(graph, notes);
  const initialized = new Set(stripped.initializer.map((each) => each.name));
  const inputs = stripped.input.filter((each) => !initialized.has(each.name)).map((each) => tensorOf(each, 'input'));
  const outputs = stripped.output.map((each) => tensorOf(each, 'output'));
  if (inputs.length === 0) throw refuse('The graph takes nothing, so it cannot score rows.');
  if (inputs.length + outputs.length > IMPORT_LIMITS.tensors) throw refuse(`The graph has more than ${IMPORT_LIMITS.tensors} inputs and outputs.`);
  for (const name of [...inputs, ...outputs].map((each) => each.name)) if (name === '' || name.length > 1_000) throw refuse('An input or output has no name.');
  const maker = new Map(stripped.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const found: InspectedGraph = {
    irVersion: Number(model.irVersion),
    opsets: Object.fromEntries(opsets),
    producer: `${model.producerName} ${model.producerVersion}`.trim().slice(0, 200),
    nodeCount: seen.nodes,
    operators: Object.fromEntries([...seen.operators].sort(([, one], [, other]) => other - one)),
    inputs,
    outputs,
    levels: levelsOf(graph.node),
    givenBy: Object.fromEntries(outputs.map(({ name }) => [name, maker.get(name)?.opType ?? ''])),
    notes,
  };
  return { model, graph: stripped, found };
}

function parse(bytes: Uint8Array): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    const deep = cause instanceof RangeError && /stack/i.test(cause.message);
    throw new NodeError(
      'model_mismatch',
      deep ? 'The file nests too deep to be a model.' : 'This is no ONNX file, or it is cut off. Export the model as .onnx, and upload the whole file.',
      { cause },
    );
  }
}

function versionsOf({ irVersion, opsetImport, functions, trainingInfo }: ModelProto): Map<string, number> {
  const [lowest, highest] = IR_VERSIONS;
  if (Number(irVersion) < lowest || Number(irVersion) > highest)
    throw refuse(`The file is of ONNX IR version ${irVersion}; versions ${lowest} to ${highest} can be read. Export it with another version of the exporter.`);
  if (functions.length > 0) throw refuse('The model defines functions of its own. Export it with functions inlined (onnx.inliner.inline_local_functions).');
  if (trainingInfo.length > 0) throw refuse('The file holds a training graph. Export the model for inference.');
  const opsets = new Map<string, number>();
  for (const { domain, version } of opsetImport) {
    const name = domainOf(domain);
    opsets.set(name, Number(version));
    const known = OPSETS[name];
    // A set that no operator is of does no harm; those that are used are looked at one by one.
    if (known && (Number(version) < known[0] || Number(version) > known[1]))
      throw refuse(
        `The model uses version ${version} of the operator set “${name || 'ai.onnx'}”; ${known[0]} to ${known[1]} can be run. Export it with target_opset between them.`,
      );
  }
  if (!opsets.has('') && !opsets.has(ML)) throw refuse('The file does not say which operators it uses, so it cannot be run.');
  return opsets;
}

function look(graph: GraphProto, depth: number, seen: { nodes: number; operators: Map<string, number> }, opsets: ReadonlyMap<string, number>): void {
  if (depth > IMPORT_LIMITS.depth) throw refuse(`Graphs lie more than ${IMPORT_LIMITS.depth} levels within each other.`);
  seen.nodes += graph.node.length;
  if (seen.nodes > IMPORT_LIMITS.nodes) throw refuse(`The model has more than ${IMPORT_LIMITS.nodes} operators.`);
  if (graph.sparseInitializer.length > 0) throw refuse('The model has sparse weights, which cannot be read. Export it with dense ones.');
  for (const each of graph.initializer) whole(each);
  for (const node of graph.node) {
    const domain = domainOf(node.domain);
    if (OPSETS[domain] === undefined || !opsets.has(domain))
      throw refuse(
        `The model uses the operator “${node.opType}” of “${node.domain || 'ai.onnx'}”, which only its own library can run. Export it with standard ONNX operators.`,
      );
    seen.operators.set(node.opType, (seen.operators.get(node.opType) ?? 0) + 1);
    for (const { t, tensors, g, graphs, sparseTensor, sparseTensors, tp } of node.attribute) {
      if (sparseTensor || sparseTensors.length > 0) throw refuse('The model has sparse weights, which cannot be read. Export it with dense ones.');
      if (tp && tp.value.case !== 'tensorType') throw refuse(`The operator “${node.opType}” works on something other than tensors.`);
      for (const each of t ? [t, ...tensors] : tensors) whole(each);
      for (const each of g ? [g, ...graphs] : graphs) look(each, depth + 1, seen, opsets);
    }
  }
}

/** Values that lie in another file would be read from wherever the process stands. */
function whole({ name, dataLocation, externalData }: TensorProto): void {
  if (dataLocation === TensorProto_DataLocation.EXTERNAL || externalData.length > 0)
    throw refuse(`The weights “${name.slice(0, 100)}” lie in another file. Export the model as one file (save_as_external_data=False).`);
}

/** The graph with the tensors that ZipMap operators read in the place of the maps that they give. */
function withoutZipMap(graph: GraphProto, notes: string[]): GraphProto {
  const maps = new Map(graph.node.filter((node) => node.opType === 'ZipMap').map((node) => [node.output[0] ?? '', node]));
  if (maps.size === 0) return graph;
  const read = new Set(graph.node.flatMap((node) => node.input));
  const output = graph.output.map((each): ValueInfoProto => {
    const map = maps.get(each.name);
    if (!map) return each;
    return tensorInfo(map.input[0] ?? '', 'float', ['rows', classesOf(map).length || 'classes']);
  });
  for (const name of maps.keys())
    if (read.has(name)) throw refuse('The model goes on with a map of probabilities, which is no tensor. Export it with zipmap=False.');
  notes.push('Its last operator, ZipMap, is left out: the probabilities are columns.');
  return { ...graph, node: graph.node.filter((node) => node.opType !== 'ZipMap'), output };
}

function tensorOf({ name, type }: ValueInfoProto, what: 'input' | 'output'): GraphTensor {
  if (type?.value.case !== 'tensorType')
    throw refuse(
      `The ${what} “${name}” is a ${type?.value.case?.replace('Type', '') ?? 'thing of no type'}, not a tensor, so it cannot be columns of a table.`,
    );
  const { elemType, shape } = type.value.value;
  const element = TENSOR_TYPES[elemType as TensorProto_DataType];
  if (!element)
    throw refuse(
      `The ${what} “${name}” has values of the type ${TensorProto_DataType[elemType] ?? elemType}. Numbers (float, double, int32, int64), booleans and text can be columns.`,
    );
  const dims = shape?.dim.map(({ value }) => (value.case === 'dimValue' && value.value > 0n ? Number(value.value) : null)) ?? null;
  if (dims && (dims.length === 0 || dims.length > 2))
    throw refuse(`The ${what} “${name}” has ${dims.length} dimensions. Rows of a table have one or two: [rows] or [rows, columns].`);
  if (dims && dims[0] !== null && what === 'input')
    throw refuse(
      `The input “${name}” takes exactly ${dims[0]} row${dims[0] === 1 ? '' : 's'}. Export the model with a dynamic first dimension (dynamic_axes).`,
    );
  if (dims && (dims[1] ?? 1) > IMPORT_LIMITS.columns)
    throw refuse(`The ${what} “${name}” has ${dims[1]} columns; at most ${IMPORT_LIMITS.columns} can be read.`);
  return { name, type: element, shape: dims };
}

/** Attributes in which operators of classifiers name their classes. */
const CLASS_ATTRIBUTES: ReadonlySet<string> = new Set(['classlabels_strings', 'classlabels_int64s', 'classlabels_ints']);

function classesOf({ attribute }: NodeProto): string[] {
  const named = attribute.find(({ name, strings, ints }) => CLASS_ATTRIBUTES.has(name) && strings.length + ints.length > 1);
  if (!named) return [];
  return named.strings.length > 0 ? named.strings.map((each) => decoder.decode(each)) : named.ints.map(String);
}

/** The classes that the last operator which has some names. */
const levelsOf = (nodes: readonly NodeProto[]): string[] => nodes.map(classesOf).findLast((each) => each.length > 0) ?? [];
