/** One named column of a batch: float32 (NaN = missing) or strings ('' = missing), shape [rows, 1] in the graph. */
export type TensorColumn = Float32Array | readonly string[];

/** Columns of several requests that were put together, in order. */
export interface Batch {
  readonly rowCount: number;
  readonly columns: Readonly<Record<string, TensorColumn>>;
}

export type OutputColumn = Float32Array | Float64Array | readonly string[];

export type ToInference =
  | { readonly type: 'load'; readonly path: string; readonly threads: number }
  | { readonly type: 'score'; readonly id: number; readonly batch: Batch; readonly outputs: readonly string[] };

export type FromInference =
  | { readonly type: 'loaded'; readonly inputs: readonly string[]; readonly outputs: readonly string[]; readonly milliseconds: number }
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'scored'; readonly id: number; readonly columns: readonly OutputColumn[]; readonly milliseconds: number }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };
