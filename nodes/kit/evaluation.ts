/** Rows at each threshold, so that a view can follow a slider without the rows. Counts are sums of weights where the report is weighted. */
export interface TwoClassCurve {
  readonly name: string;
  readonly rowCount: number;
  readonly positiveCount: number;
  /** Threshold-free figures: auc, averagePrecision, logLoss, brier, calibrationError, liftTop10. */
  readonly metrics: Readonly<Record<string, number>>;
  /** At score ≥ thresholds[i] there are truePositives[i] and falsePositives[i]. Falling; at most 1,001 points; the first is Infinity as 2. */
  readonly thresholds: readonly number[];
  readonly truePositives: readonly number[];
  readonly falsePositives: readonly number[];
  /** Rows by score in 40 equal bins over 0..1. */
  readonly histogram: { readonly positive: readonly number[]; readonly negative: readonly number[] };
  /** Ten equal bins over 0..1 without the empty ones. */
  readonly calibration?: readonly CalibrationBin[];
}

export interface CalibrationBin {
  /** Mean score of the rows in the bin. */
  readonly predicted: number;
  /** Share of them that are positive. */
  readonly positive: number;
  /** Rows in the bin. */
  readonly count: number;
}

interface Evaluation<Task extends string, Model> {
  readonly type: 'evaluation';
  readonly task: Task;
  /** Figures of the first model, for lists and comparisons. */
  readonly summary: Readonly<Record<string, number>>;
  readonly models: readonly Model[];
  /** Rows count by their weight. */
  readonly weighted?: true;
}

/** Two classes, and anomalies where it is known which rows are some. */
export interface TwoClassEvaluation extends Evaluation<'two-class', TwoClassCurve> {
  /** Of the summary; 0.5 where it is left out. Of anomalies, the lowest score that the first model calls one. */
  readonly threshold?: number;
  readonly label: string;
  readonly positive: string;
  readonly negative: string;
}

export interface ClassRow {
  readonly level: string;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Rows of the class. */
  readonly support: number;
  /** Against all other classes; null where the class has all rows or none, or there are no probabilities. */
  readonly auc: number | null;
}

export interface MulticlassModel {
  readonly name: string;
  readonly rowCount: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** One a level, in the order of the report's levels; at most 1,000. */
  readonly classes: readonly ClassRow[];
  /** Rows by true class (outer) and predicted class, for `matrixLevels`. */
  readonly matrix: readonly (readonly number[])[];
}

export interface MulticlassEvaluation extends Evaluation<'multiclass', MulticlassModel> {
  readonly label: string;
  /** The classes of the matrices: all, or the 50 most frequent and one for the others, which is empty here. */
  readonly matrixLevels: readonly string[];
}

export interface Bins {
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

export interface RegressionModel {
  readonly name: string;
  readonly rowCount: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** At most 1,000 rows, evenly taken: [true, predicted]. */
  readonly points: readonly (readonly [number, number])[];
  /** Predicted − true. */
  readonly residuals: Bins;
  /** |predicted − true|, from 0. */
  readonly errors?: Bins;
}

export interface RegressionEvaluation extends Evaluation<'regression', RegressionModel> {
  readonly label: string;
}

export interface ClusterRow {
  readonly cluster: number;
  readonly rowCount: number;
  /** Mean silhouette of its rows, or null for a single row or cluster. */
  readonly silhouette: number | null;
  /** To the cluster's own centre, where the model tells distances. */
  readonly meanDistance: number | null;
  readonly maximumDistance: number | null;
  /** At most 40 silhouettes of its rows, evenly taken, falling. */
  readonly silhouettes: readonly number[];
}

export interface ClusteringModel {
  readonly name: string;
  readonly rowCount: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly clusters: readonly ClusterRow[];
  /** At most 1,500 rows, evenly taken: [first component, second component, cluster]. */
  readonly points: readonly (readonly [number, number, number])[];
  /** Shares of the variance that the two components hold. */
  readonly explained: readonly [number, number];
}

export interface ClusteringEvaluation extends Evaluation<'clustering', ClusteringModel> {
  /** The columns that distances are measured in. */
  readonly columns: readonly string[];
}

export type EvaluationReport = TwoClassEvaluation | MulticlassEvaluation | RegressionEvaluation | ClusteringEvaluation;
