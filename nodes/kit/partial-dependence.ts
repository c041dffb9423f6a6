import type { Task } from './signature.ts';

/** How a model's prediction follows one column. */
export interface DependenceCurve {
  readonly column: string;
  /** The places of the curve, rising; of a text or boolean the places 0, 1, … of its levels. */
  readonly grid: readonly number[];
  readonly levels?: readonly string[];
  /** Mean prediction by output and grid point. */
  readonly means: readonly (readonly number[])[];
  /** Single rows by grid point; none where the model has several outputs. */
  readonly rows: readonly (readonly number[])[];
  /** The column's deciles, from 10 % to 90 %; none of levels. */
  readonly deciles: readonly number[];
}

/** What Partial Dependence found; the column that moves the prediction most comes first. */
export interface PartialDependenceReport {
  readonly type: 'partial-dependence';
  readonly title: string;
  readonly task: Task;
  /** What is predicted: a number's name, a class whose probability it is, or one name for each of several classes. */
  readonly outputs: readonly string[];
  /** Whether predictions are probabilities. */
  readonly probability: boolean;
  readonly rowCount: number;
  readonly curves: readonly DependenceCurve[];
}
