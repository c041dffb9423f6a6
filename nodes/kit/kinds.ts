import type { ModelSummary, Report } from './reports.ts';
import type { Signature, Task } from './signature.ts';
import type { Table, TableSchema } from './table.ts';

/** What is known of an untrained algorithm beforehand. */
export interface LearnerSpec {
  readonly learner: string;
  readonly task: Task;
  /** Quantile regression: the quantiles that its model gives. */
  readonly quantiles?: readonly number[];
  /** Clustering: what becomes of labels that are there; they stay as they are by default. */
  readonly labels?: 'fill' | 'overwrite';
}

/** An untrained algorithm with its parameters. */
export interface Learner extends LearnerSpec {
  readonly params: Readonly<Record<string, unknown>>;
  /** The values to try of some parameters; training with one set of values takes `params` alone. */
  readonly ranges?: Readonly<Record<string, readonly unknown[]>>;
}

/** Something fitted: an ONNX file whose metadata carries its signature. */
export interface Model {
  readonly onnx: Uint8Array;
  readonly signature: Signature;
  readonly summary: ModelSummary;
}
export interface Transform {
  readonly onnx: Uint8Array;
  readonly signature: Signature;
}

/** A file as it is, by a path that only the step can read. */
export interface FileValue {
  readonly path: string;
  readonly name: string;
}

export interface ModelSpec {
  readonly task?: Task;
  readonly label?: string;
  /** What scoring appends, once known. */
  readonly signature?: Signature;
}
export interface TransformSpec {
  readonly signature?: Signature;
}
export interface ReportSpec {
  readonly report: Report['type'];
}
export interface FileSpec {
  readonly mediaType?: string;
}

/** The two sides of what travels on a wire: what `infer` knows beforehand, and what `run` gets. A new kind is one line, and its preview. */
export interface Kinds {
  table: { spec: TableSchema; value: Table };
  learner: { spec: LearnerSpec; value: Learner };
  model: { spec: ModelSpec; value: Model };
  transform: { spec: TransformSpec; value: Transform };
  images: { spec: Record<string, never>; value: FileValue };
  file: { spec: FileSpec; value: FileValue };
  report: { spec: ReportSpec; value: Report };
}
export type Kind = keyof Kinds;
export type SpecOf<K extends Kind> = Kinds[K]['spec'];
export type ValueOf<K extends Kind> = Kinds[K]['value'];
export const KINDS: readonly Kind[] = ['table', 'learner', 'model', 'transform', 'images', 'file', 'report'];
