import type { ColumnRole, ColumnType } from './table.ts';

/** A named column that a fitted graph takes. In the graph: float32 or string, shape [rows, 1]; missing is NaN or the empty string. */
export interface SignatureInput {
  readonly name: string;
  readonly type: ColumnType;
  /** False: a request may leave it out, and it counts as missing. */
  readonly required: boolean;
  /** The values seen in training, for a form or a check; at most 100, in the order of the graph. */
  readonly levels?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** A typical value: the median or the most frequent level of the training rows. */
  readonly example?: number | string | null;
}

export interface SignatureOutput {
  readonly name: string;
  readonly type: ColumnType;
  readonly role: ColumnRole;
}

export type Task = 'two-class' | 'multiclass' | 'regression' | 'clustering' | 'anomaly';

/** What a fitted graph takes and gives; stored as JSON in the metadata of the ONNX file under `modelwright.signature`. */
export interface Signature {
  readonly kind: 'model' | 'transform';
  readonly inputs: readonly SignatureInput[];
  readonly outputs: readonly SignatureOutput[];
  /** Columns of the input table that do not pass on. Applying replaces columns of the same name in place and appends new ones. */
  readonly drops: readonly string[];
  /** Where given, only these columns of the input table pass on, in this order; `drops` is then empty. */
  readonly keeps?: readonly string[];
  readonly task?: Task;
  /** The label that a model was trained on; `levels` in the order of the graph, the last of two is the positive class. */
  readonly label?: { readonly name: string; readonly type: ColumnType; readonly levels?: readonly string[] };
  /** The learner's node type, such as `two-class-logistic-regression`. */
  readonly learner?: string;
  readonly rowCount?: number;
  /** sha256 of the stored table that a model learned from. */
  readonly dataHash?: string;
  /** Only before training: more outputs will come, such as one probability for each class, which no one has counted yet. */
  readonly open?: true;
}

export const SCORED_LABELS = 'Scored Labels';
export const SCORED_PROBABILITIES = 'Scored Probabilities';
export const ASSIGNMENTS = 'Assignments';
/** The column of a multiclass model's probability of one level. */
export const probabilityColumn = (level: string): string => `${SCORED_PROBABILITIES}_${level}`;
/** The column of a row's distance from one centre, counted from 0. */
export const distanceColumn = (centre: number): string => `DistancesToClusterCenter no.${centre}`;
/** The column of one quantile, from 0 to 1. */
export const quantileColumn = (quantile: number): string => `Quantile ${quantile}`;
