import type { Task } from '../kit/signature.ts';

/** One figure of a model on rows that it has not seen. */
export interface Figure {
  readonly title: string;
  readonly higherIsBetter: boolean;
}

const better = (title: string): Figure => ({ title, higherIsBetter: true });
const worse = (title: string): Figure => ({ title, higherIsBetter: false });

const TWO_CLASS = {
  auc: better('AUC'),
  accuracy: better('Accuracy'),
  balancedAccuracy: better('Balanced accuracy'),
  precision: better('Precision'),
  recall: better('Recall'),
  f1: better('F1'),
  matthewsCorrelation: better('Matthews correlation'),
  averagePrecision: better('Average precision'),
  logLoss: worse('Log loss'),
  brier: worse('Brier score'),
} as const;
const MULTICLASS = {
  accuracy: better('Accuracy'),
  balancedAccuracy: better('Balanced accuracy'),
  precisionMacro: better('Precision, macro'),
  recallMacro: better('Recall, macro'),
  f1Macro: better('F1, macro'),
  f1Weighted: better('F1, weighted'),
  matthewsCorrelation: better('Matthews correlation'),
  aucMacro: better('AUC, macro'),
  logLoss: worse('Log loss'),
} as const;
const REGRESSION = {
  rmse: worse('Root mean squared error'),
  mae: worse('Mean absolute error'),
  rae: worse('Relative absolute error'),
  rse: worse('Relative squared error'),
  r2: better('R²'),
  medianAbsoluteError: worse('Median absolute error'),
} as const;

/** What can be learned from a label. */
export type SupervisedTask = Extract<Task, 'two-class' | 'multiclass' | 'regression'>;
export const isSupervised = (task: Task): task is SupervisedTask => task === 'two-class' || task === 'multiclass' || task === 'regression';

export const FIGURES: Readonly<Record<SupervisedTask, Readonly<Record<string, Figure>>>> = {
  'two-class': TWO_CLASS,
  multiclass: MULTICLASS,
  regression: REGRESSION,
};

/** The figures of a task as options of a parameter. */
export const figureTitles = (task: SupervisedTask): Record<string, string> =>
  Object.fromEntries(Object.entries(FIGURES[task]).map(([name, { title }]) => [name, title]));
