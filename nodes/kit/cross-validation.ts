/** One figure of the models of all folds. */
export interface CrossValidatedFigure {
  /** Such as `auc`. */
  readonly metric: string;
  readonly title: string;
  readonly higherIsBetter: boolean;
  /** One a fold; null where it is not defined, such as AUC where all rows are of one class. */
  readonly values: readonly (number | null)[];
  /** Of the folds where it is defined; null where there is none. */
  readonly mean: number | null;
  /** With n − 1; null below two folds. */
  readonly deviation: number | null;
}

/** What Cross Validate Model found, the figure that people look at first in front. */
export interface CrossValidationReport {
  readonly type: 'cross-validation';
  readonly learner: string;
  /** Of the learner. */
  readonly title: string;
  readonly folds: readonly { readonly name: string; readonly rowCount: number }[];
  readonly figures: readonly CrossValidatedFigure[];
}
