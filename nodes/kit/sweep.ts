/** One set of parameters that was tried. */
export interface SweepTrial {
  /** In the order of their start, from 1. */
  readonly trial: number;
  readonly params: Readonly<Record<string, number | string | boolean>>;
  /** The figure that decides; null where training failed. */
  readonly value: number | null;
  /** Its deviation over the folds, where there are some. */
  readonly deviation: number | null;
  /** The share of the rows that it was trained with, below 1 where successive halving dropped it. */
  readonly share: number;
  /** Other figures on the same rows. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Why training failed. */
  readonly failure?: string;
}

/** What Tune Model Hyperparameters tried; at most 10,000 trials. */
export interface SweepReport {
  readonly type: 'sweep';
  readonly learner: string;
  readonly title: string;
  /** The figure that decides, such as `auc`. */
  readonly metric: string;
  readonly higherIsBetter: boolean;
  /** How each set was judged, in words. */
  readonly judgedBy: string;
  /** The parameters that were varied, in the order of the learner's. */
  readonly parameters: readonly { readonly name: string; readonly title: string }[];
  readonly trials: readonly SweepTrial[];
  /** The trial that won. */
  readonly best: number;
}
