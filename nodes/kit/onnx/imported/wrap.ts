import { create, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, OperatorSetIdProtoSchema, type GraphProto, type ModelProto } from 'onnx-buf';
import { NodeError } from '../../issues.ts';
import type { Model } from '../../kinds.ts';
import type { ModelSummary } from '../../reports.ts';
import { probabilityColumn, SCORED_LABELS, SCORED_PROBABILITIES, type Signature, type SignatureOutput } from '../../signature.ts';
import { isTextual, type ColumnType } from '../../table.ts';
import { ELEMENT, GraphBuilder, int } from '../builder.ts';
import type { OutputType } from '../graph-type.ts';
import { metadataOf } from '../metadata.ts';
import { renamed } from '../rename.ts';
import { whyNotMeant, widthOf } from './meaning.ts';
import type { GraphTensor, ImportedMeaning, InspectedGraph } from './types.ts';

/** The learner of models that were made elsewhere. */
export const IMPORTED = 'imported';
const PREFIX = ' imported/';

/**
 * Puts columns around a graph made elsewhere, as all fitted graphs have them: inputs [rows, 1] of float32 or text, outputs by what they mean.
 * The graph keeps the operator sets that it was exported with.
 * @throws NodeError `model_mismatch` when it cannot be read so
 */
export function wrapImported(
  { model, graph, found }: { model: ModelProto; graph: GraphProto; found: InspectedGraph },
  meant: ImportedMeaning,
  title: string,
): Model {
  const why = whyNotMeant(found, meant);
  if (why !== null) throw new NodeError('model_mismatch', why);
  const builder = new GraphBuilder();
  const values = new Map(found.inputs.map((tensor) => [tensor.name, tensorInput(builder, tensor, meant)]));
  const rename = (name: string): string => (name === '' ? '' : (values.get(name) ?? PREFIX + name));
  builder.include(
    graph.node.map((each) => renamed(each, rename)),
    graph.initializer.map((each) => ({ ...each, name: rename(each.name) })),
  );
  const { outputs, labelType } = new Outputs(builder, found, meant, rename).write();
  const signature: Signature = {
    kind: 'model',
    inputs: meant.inputs.flatMap(({ columns }) => columns),
    outputs,
    drops: [],
    task: meant.task,
    label: { name: meant.label, type: labelType, ...(meant.levels.length > 0 ? { levels: meant.levels } : {}) },
    learner: IMPORTED,
  };
  const notes = [found.producer === '' ? 'Made elsewhere.' : `Made by ${found.producer}.`, ...found.notes];
  const summary: ModelSummary = { learner: IMPORTED, title, task: meant.task, params: {}, rowCount: 0, importance: [], history: [], notes };
  const opsets = new Map([['', 21], ...Object.entries(found.opsets)]);
  const onnx = toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: model.irVersion < 4n ? 4n : model.irVersion,
      producerName: model.producerName,
      producerVersion: model.producerVersion,
      opsetImport: [...opsets].map(([domain, version]) => create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) })),
      graph: builder.toGraph(),
      metadataProps: Object.entries(metadataOf(signature, summary)).map(([key, value]) => ({ key, value })),
    }),
  );
  return { onnx, signature, summary };
}

/** The value of a graph's input, made of columns. */
function tensorInput(builder: GraphBuilder, tensor: GraphTensor, meant: ImportedMeaning): string {
  const { columns } = meant.inputs.find((each) => each.tensor === tensor.name)!;
  const joined = builder.concat(columns.map(({ name, type }) => builder.input(name, isTextual(type) ? 'string' : 'float')));
  const rows = tensor.shape?.length === 1 ? builder.node('Reshape', [joined, builder.int64s([-1])]) : joined;
  if (tensor.type === 'float' || tensor.type === 'string') return rows;
  if (tensor.type === 'double') return builder.cast(rows, 'double');
  // Whole numbers know no missing value.
  const known = builder.node('Where', [builder.node('IsNaN', [rows]), builder.floats([0], [1]), rows]);
  return builder.cast(known, tensor.type);
}

const LABEL_TYPE: Readonly<Record<GraphTensor['type'], ColumnType>> = {
  float: 'number',
  double: 'number',
  int32: 'integer',
  int64: 'integer',
  string: 'category',
  bool: 'integer',
};
/** Whether float32 does not hold all of its values; float64 holds whole numbers up to 2^53. */
const isWide = ({ type }: GraphTensor): boolean => type === 'double' || type === 'int32' || type === 'int64';

/** Writes the outputs of a wrapped graph in the order that its signature gives them. */
class Outputs {
  readonly #builder: GraphBuilder;
  readonly #found: InspectedGraph;
  readonly #meant: ImportedMeaning;
  readonly #rename: (name: string) => string;
  readonly #written: SignatureOutput[] = [];

  constructor(builder: GraphBuilder, found: InspectedGraph, meant: ImportedMeaning, rename: (name: string) => string) {
    this.#builder = builder;
    this.#found = found;
    this.#meant = meant;
    this.#rename = rename;
  }

  write(): { outputs: SignatureOutput[]; labelType: ColumnType } {
    const { task } = this.#meant;
    const labelType = task === 'regression' ? 'number' : this.#classes();
    for (const tensor of this.#of('score')) this.#scores(tensor, task === 'regression');
    return { outputs: this.#written, labelType };
  }

  /** The label and the probabilities; gives the type of the label. */
  #classes(): ColumnType {
    const { task, levels } = this.#meant;
    const [label] = this.#of('label');
    const [given] = [...this.#of('probabilities'), ...this.#of('logits')];
    const probabilities = given && this.#probabilities(given);
    const whole = levels.length > 0 && levels.every((each) => /^-?\d{1,7}$/.test(each));
    const type: ColumnType = label ? LABEL_TYPE[label.type] : whole ? 'integer' : 'category';
    if (label) this.#add(SCORED_LABELS, type, this.#single(label), isWide(label) ? 'double' : undefined);
    else this.#add(SCORED_LABELS, type, this.#chosen(probabilities!, type));
    if (!probabilities) return type;
    if (task === 'two-class') this.#add(SCORED_PROBABILITIES, 'number', probabilities.at(-1)!);
    else for (const [index, level] of levels.entries()) this.#add(probabilityColumn(level), 'number', probabilities[index]!);
    return type;
  }

  /** A column for each class; of two classes perhaps only that of the positive one. */
  #probabilities(tensor: GraphTensor): string[] {
    const { levels, outputs } = this.#meant;
    const logits = outputs.some((each) => each.tensor === tensor.name && each.meaning === 'logits');
    const matrix = this.#matrix(tensor);
    const one = widthOf(tensor) === 1;
    const scaled = !logits ? matrix : one ? this.#builder.node('Sigmoid', [matrix]) : this.#builder.node('Softmax', [matrix], { axis: int(1) });
    return one ? [scaled] : this.#columns(scaled, levels.length);
  }

  /** The most likely class. */
  #chosen(probabilities: readonly string[], type: ColumnType): string {
    const builder = this.#builder;
    const { levels } = this.#meant;
    const constant = (values: readonly string[], dims?: readonly number[]) =>
      isTextual(type) ? builder.strings(values, dims) : builder.floats(values.map(Number), dims);
    if (levels.length === 2) {
      const no = builder.node('Less', [probabilities.at(-1)!, builder.floats([0.5], [1, 1])]);
      return builder.node('Where', [no, constant([levels[0]!], [1, 1]), constant([levels[1]!], [1, 1])]);
    }
    const best = builder.node('ArgMax', [builder.concat(probabilities)], { axis: int(1), keepdims: int(1) });
    return builder.node('Gather', [constant(levels), best]);
  }

  #scores(tensor: GraphTensor, regression: boolean): void {
    const width = widthOf(tensor) ?? 1;
    for (const [index, column] of this.#columns(this.#matrix(tensor), width).entries()) {
      const first = regression && this.#written.length === 0;
      this.#add(first ? SCORED_LABELS : width === 1 ? tensor.name : `${tensor.name}_${index + 1}`, 'number', column);
    }
  }

  #add(name: string, type: ColumnType, value: string, element: OutputType = isTextual(type) ? 'string' : 'float'): void {
    if (this.#written.some((each) => each.name === name)) throw new NodeError('model_mismatch', `Two outputs would be called “${name}”. Ignore one of them.`);
    this.#builder.output(name, value, element);
    this.#written.push({ name, type, role: 'score' });
  }

  /** A label as [rows, 1] of text or numbers: of float64 where float32 does not hold them all. */
  #single(tensor: GraphTensor): string {
    const value = this.#builder.node('Reshape', [this.#rename(tensor.name), this.#builder.int64s([-1, 1])]);
    if (isWide(tensor)) return tensor.type === 'double' ? value : this.#builder.cast(value, 'double');
    return tensor.type === 'bool' ? this.#builder.cast(value, 'float') : value;
  }

  /** Numbers as [rows, columns] of float32. */
  #matrix(tensor: GraphTensor): string {
    const flat = tensor.shape?.length === 1 || widthOf(tensor) === 1;
    const value = this.#rename(tensor.name);
    const shaped = flat ? this.#builder.node('Reshape', [value, this.#builder.int64s([-1, 1])]) : value;
    return tensor.type === 'float' ? shaped : this.#builder.node('Cast', [shaped], { to: int(ELEMENT.float) });
  }

  /** The columns of [rows, count], each [rows, 1]. `Gather` does it in every operator set. */
  #columns(matrix: string, count: number): string[] {
    if (count === 1) return [matrix];
    return Array.from({ length: count }, (_, index) => this.#builder.node('Gather', [matrix, this.#builder.int64s([index])], { axis: int(1) }));
  }

  #of(meaning: string): GraphTensor[] {
    return this.#found.outputs.filter(({ name }) => this.#meant.outputs.some((each) => each.tensor === name && each.meaning === meaning));
  }
}
