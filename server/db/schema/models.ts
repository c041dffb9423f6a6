import type { ImportedMeaning, InspectedGraph } from '#nodes/kit/onnx/imported/types.ts';
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

/** What was found in an uploaded ONNX file, how it is read, and what came of a first scoring. */
export interface ModelChecks extends InspectedGraph {
  readonly meaning: ImportedMeaning;
  readonly trial: ModelTrial | null;
}

export interface ModelTrial {
  readonly rowCount: number;
  readonly milliseconds: number;
  /** Names of the columns that were given and that came out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The first rows: inputs, then outputs. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}
