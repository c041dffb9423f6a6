import type { CrossValidationReport } from './cross-validation.ts';
import type { EvaluationReport } from './evaluation.ts';
import type { PartialDependenceReport } from './partial-dependence.ts';
import type { Task } from './signature.ts';
import type { SweepReport } from './sweep.ts';

export type * from './cross-validation.ts';
export type * from './evaluation.ts';
export type * from './partial-dependence.ts';
export type * from './sweep.ts';

export interface RegisteredReport {
  readonly type: 'registered';
  readonly model: string;
  readonly task: Task | null;
}

export interface DeployedReport {
  readonly type: 'deployed';
  readonly endpoint: string;
  readonly deployment: string;
}

/** What a `report` port carries: JSON that a view draws. */
export type Report = EvaluationReport | CrossValidationReport | SweepReport | PartialDependenceReport | RegisteredReport | DeployedReport;

/** A node of a drawn tree; a leaf has no `feature`. Children are places in the list of nodes. */
export interface DrawnTreeNode {
  readonly feature?: string;
  /** Numbers at or below it go left. */
  readonly threshold?: number;
  /** These levels go left. */
  readonly levels?: readonly string[];
  /** Where missing values go. */
  readonly missing?: 'left' | 'right';
  readonly left?: number;
  readonly right?: number;
  /** Training rows that reach it. */
  readonly rows: number;
  /** What it adds to the score; for several classes the one of `DrawnTree.className`. */
  readonly value: number;
}

/** A tree to be drawn; its root comes first. */
export interface DrawnTree {
  readonly className?: string;
  readonly nodes: readonly DrawnTreeNode[];
}

/** A weight of a linear model, in units of the raw column; `(intercept)` is a column of its own. */
export interface Coefficient {
  readonly column: string;
  readonly level?: string;
  readonly className?: string;
  readonly value: number;
}

/** What a model artifact tells about itself beside its signature; stored under `modelwright.summary`. */
export interface ModelSummary {
  readonly learner: string;
  readonly title: string;
  readonly task: Task;
  readonly params: Readonly<Record<string, unknown>>;
  readonly rowCount: number;
  /** Sorted, largest first; of the features as people know them, not of indicator columns. */
  readonly importance: readonly { readonly column: string; readonly value: number }[];
  /** Loss on the training rows by iteration. */
  readonly history: readonly number[];
  /** The same on validation rows. */
  readonly validationHistory?: readonly number[];
  /** Of linear models. */
  readonly coefficients?: readonly Coefficient[];
  /** The first three trees of a model, at most 63 nodes each. */
  readonly trees?: readonly DrawnTree[];
  /** Notes for people, such as how missing values and unknown categories are handled. */
  readonly notes: readonly string[];
}
