import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, type GraphProto, type NodeProto, type TensorProto } from 'onnx-buf';
import { NodeError } from '../../kit/issues.ts';
import type { Model } from '../../kit/kinds.ts';
import { isTrees } from '../../learners/trees/read.server.ts';

/** How a model's score comes about: score[k] = scales[k] · scorer(matrix)[k] + shifts[k]. */
export interface ScorePath {
  readonly graph: GraphProto;
  /** The value that holds the matrix, and the input column behind each of its columns. */
  readonly matrix: string;
  readonly columns: readonly string[];
  /** The raw score: before a sigmoid, a softmax or an exponential. */
  readonly score: string;
  readonly width: number;
  /** An operator of trees, or of a matrix multiplication. */
  readonly scorer: NodeProto;
  readonly scales: readonly number[];
  readonly shifts: readonly number[];
}

const refuse = (what: string): never => {
  const message = `${what} Exact explanations exist for trees, forests and linear models. Use Permutation Feature Importance, which works for every model.`;
  throw new NodeError('learner_wrong_task', message);
};

/** Follows a model's output back to its matrix. Throws NodeError `learner_wrong_task` for models that are neither trees nor linear. */
export function scorePath({ onnx, signature, summary }: Model): ScorePath {
  const graph = fromBinary(ModelProtoSchema, onnx).graph!;
  const tracer = new Tracer(graph);
  const width = signature.task === 'multiclass' ? signature.outputs.length - 1 : 1;
  const score = tracer.scoreOf(signature.task);
  const found = score === undefined ? undefined : tracer.scorerOf(score, width);
  const columns = found && tracer.columnsOf(found.scorer.input[0]!);
  if (!score || !found || !columns) return refuse(`A model of ${summary.title} is neither a sum of trees nor linear in its columns.`);
  return { graph, matrix: found.scorer.input[0]!, columns, score, width, ...found };
}

class Tracer {
  readonly #graph: GraphProto;
  readonly #makers: ReadonlyMap<string, NodeProto>;
  readonly #constants: ReadonlyMap<string, TensorProto>;

  constructor(graph: GraphProto) {
    this.#graph = graph;
    this.#makers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
    this.#constants = new Map(graph.initializer.map((each) => [each.name, each]));
  }

  /** The value of a constant, as long as `width`. */
  constant(name: string, width?: number): Float32Array | undefined {
    const tensor = this.#constants.get(name);
    if (tensor?.dataType !== 1) return undefined;
    const values = new Float32Array(new Uint8Array(tensor.rawData).buffer);
    if (width === undefined || values.length === width) return values;
    return values.length === 1 ? new Float32Array(width).fill(values[0]!) : undefined;
  }

  #skip(name: string, ...types: string[]): string {
    const maker = this.#makers.get(name);
    return maker && types.includes(maker.opType) ? this.#skip(maker.input[0]!, ...types) : name;
  }

  /** The value before the link function, by what the outputs of a task are made of. */
  scoreOf(task: Model['signature']['task']): string | undefined {
    const output = (place: number) => this.#skip(this.#graph.output[place]?.name ?? '', 'Identity');
    if (task === 'regression') return this.#skip(output(0), 'Exp');
    if (task === 'two-class') return this.#skip(output(1), 'Sigmoid');
    if (task === 'anomaly') return this.#skip(output(1), 'Exp');
    if (task !== 'multiclass') return undefined;
    const best = this.#makers.get(output(0))?.input[1];
    return best === undefined ? undefined : this.#makers.get(best)?.input[0];
  }

  /** The scorer behind a score, through sums and products with constants. */
  scorerOf(score: string, width: number): Pick<ScorePath, 'scorer' | 'scales' | 'shifts'> | undefined {
    const scales = new Array<number>(width).fill(1);
    const shifts = new Array<number>(width).fill(0);
    for (let name = score; ;) {
      const maker = this.#makers.get(name);
      if (!maker) return undefined;
      if (maker.opType === 'Gemm' || isTrees(maker)) return { scorer: maker, scales, shifts };
      const by = maker.input.length === 2 ? this.constant(maker.input[1]!, width) : undefined;
      if (!by || !['Add', 'Sub', 'Mul', 'Div'].includes(maker.opType)) return undefined;
      by.forEach((each, at) => {
        if (maker.opType === 'Mul') scales[at]! *= each;
        else if (maker.opType === 'Div') scales[at]! /= each;
        else shifts[at]! += scales[at]! * (maker.opType === 'Add' ? each : -each);
      });
      name = maker.input[0]!;
    }
  }

  /** The input column behind each column of a matrix that was only put together and encoded. */
  columnsOf(name: string): string[] | undefined {
    const maker = this.#makers.get(name);
    if (!maker) return this.#graph.input.some((each) => each.name === name) ? [name] : undefined;
    switch (maker.opType) {
      case 'Concat': {
        const parts = maker.input.map((each) => this.columnsOf(each));
        return parts.every((each) => each !== undefined) ? parts.flat() : undefined;
      }
      case 'OneHotEncoder': {
        const levels = maker.attribute.find((each) => each.name === 'cats_strings')?.strings.length ?? 0;
        const own = this.columnsOf(maker.input[0]!);
        return own?.length === 1 ? new Array<string>(levels).fill(own[0]!) : undefined;
      }
      case 'Scaler':
      case 'Imputer':
      case 'Reshape':
      case 'LabelEncoder':
      case 'Identity':
        return this.columnsOf(maker.input[0]!);
      default:
        return undefined;
    }
  }
}

/** The weights [columns, outputs] and intercepts of a linear scorer, from its graph. */
export function linearWeights({ graph, scorer, columns, width }: ScorePath): { weights: Float32Array; intercepts: Float32Array } {
  const tracer = new Tracer(graph);
  const weights = tracer.constant(scorer.input[1]!);
  const intercepts = scorer.input.length > 2 ? tracer.constant(scorer.input[2]!, width) : new Float32Array(width);
  if (weights?.length !== columns.length * width || !intercepts || scorer.attribute.length > 0)
    return refuse('The weights of this model stand in no known form.');
  return { weights, intercepts };
}
