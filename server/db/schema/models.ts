import type { ColumnType } from '#nodes/kit/table.ts';
import type { Task } from '#nodes/kit/signature.ts';

/** Key → value, as people write them. */
export type ModelTags = Readonly<Record<string, string>>;

/** What an evaluation in a run said of a model: all its figures by name. */
export interface ModelEvaluation {
  readonly node: string;
  readonly title: string;
  readonly task: Task;
  readonly metrics: Readonly<Record<string, number>>;
}

/** A version of a dataset that a model learned from. */
export interface ModelDataset {
  readonly name: string;
  readonly version: number;
  readonly hash: string;
}

/** A tensor that an uploaded graph takes or gives; a dimension of any size is null. */
export interface GraphTensor {
  readonly name: string;
  readonly type: 'float' | 'double' | 'int32' | 'int64' | 'string' | 'bool';
  readonly shape: readonly (number | null)[];
}

/** What was found in an uploaded ONNX file. */
export interface ModelChecks {
  readonly irVersion: number;
  readonly opsets: Readonly<Record<string, number>>;
  readonly producer: string;
  readonly nodeCount: number;
  readonly operators: Readonly<Record<string, number>>;
  readonly inputs: readonly GraphTensor[];
  readonly outputs: readonly GraphTensor[];
  readonly notes: readonly string[];
  /** Rows that the trial scored, with what came out; null before one. */
  readonly trial: ModelTrial | null;
}

export interface ModelTrial {
  readonly rowCount: number;
  readonly milliseconds: number;
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}
