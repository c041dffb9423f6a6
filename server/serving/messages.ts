import { graphTypeOf } from '#nodes/kit/onnx/graph-type.ts';
import type { SignatureInput } from '#nodes/kit/signature.ts';

/** Rows on their way into a graph, in the order of its signature's inputs. */
export interface Batch {
  readonly rowCount: number;
  /** The inputs that are numbers in a graph, row after row; NaN = missing. Length: rows × such inputs. */
  readonly numbers: Float32Array;
  /** A column for each input that is a text in a graph, which dates are too; '' = missing. None has a NUL character in it. */
  readonly texts: readonly (readonly string[])[];
}

/** A column of results, in the order of the signature's outputs. */
export type OutputColumn = Float32Array | Float64Array | readonly string[];

/** Which inputs of a signature go into `numbers` and which into `texts`. */
export interface InputLayout {
  readonly numbers: readonly string[];
  readonly texts: readonly string[];
}

export const inputLayout = (inputs: readonly Pick<SignatureInput, 'name' | 'type'>[]): InputLayout => ({
  numbers: inputs.filter((input) => graphTypeOf(input.type) === 'float').map((input) => input.name),
  texts: inputs.filter((input) => graphTypeOf(input.type) === 'string').map((input) => input.name),
});

/** What a process is told to load. */
export interface LoadOrder {
  /** The ONNX file. */
  readonly path: string;
  readonly threads: number;
  readonly inputs: InputLayout;
  /** The signature's outputs are the first so many of the graph. */
  readonly outputCount: number;
}

export interface ScoredBatch {
  readonly outputs: readonly OutputColumn[];
  /** Time in the graph. */
  readonly computeMilliseconds: number;
}

/** What the process of a model says. */
export type FromInference =
  | { readonly type: 'loaded'; readonly milliseconds: number }
  | { readonly type: 'refused'; readonly message: string }
  | ({ readonly type: 'scored'; readonly id: number } & ScoredBatch)
  | { readonly type: 'failed'; readonly id: number; readonly message: string };

export type ToInference =
  | ({ readonly type: 'load' } & LoadOrder)
  | { readonly type: 'score'; readonly id: number; readonly rowCount: number; readonly numbers: Float32Array; readonly texts: readonly (readonly string[])[] };
