import type { ColumnType } from '../../table.ts';

/** A tensor that a graph made elsewhere takes or gives; a dimension of any size is null. `shape` is null where the file does not tell it. */
export interface GraphTensor {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly (number | null)[] | null;
}
export type TensorType = 'float' | 'double' | 'int32' | 'int64' | 'string' | 'bool';

/** What is found in an ONNX file without running it. */
export interface InspectedGraph {
  readonly irVersion: number;
  readonly opsets: Readonly<Record<string, number>>;
  readonly producer: string;
  readonly nodeCount: number;
  readonly operators: Readonly<Record<string, number>>;
  readonly inputs: readonly GraphTensor[];
  readonly outputs: readonly GraphTensor[];
  /** The classes that the graph names, in the order of its probabilities. */
  readonly levels: readonly string[];
  /** The operator that gives each output. */
  readonly givenBy: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

export interface ImportedColumn {
  readonly name: string;
  readonly type: Exclude<ColumnType, 'datetime'>;
  readonly required: boolean;
}
/** What an output means: the predicted class, a probability or a log-odds of each class, or a number of its own. */
export const MEANINGS = ['label', 'probabilities', 'logits', 'score', 'ignore'] as const;
export type Meaning = (typeof MEANINGS)[number];
export const IMPORTED_TASKS = ['regression', 'two-class', 'multiclass'] as const;

/** How people read a graph: a column for each part of its inputs, and what its outputs mean. */
export interface ImportedMeaning {
  readonly task: (typeof IMPORTED_TASKS)[number];
  /** The name of the column that is predicted. */
  readonly label: string;
  /** The classes in the order of the probabilities; the last of two is the positive one. */
  readonly levels: readonly string[];
  readonly inputs: readonly { readonly tensor: string; readonly columns: readonly ImportedColumn[] }[];
  readonly outputs: readonly { readonly tensor: string; readonly meaning: Meaning }[];
}
