/** How one column was spread in training. */
export type ColumnBaseline =
  | {
      readonly kind: 'number';
      readonly name: string;
      /** Inner bounds of the bins, rising; bin i holds values up to and with `edges[i]`, the last bin all above. */
      readonly edges: readonly number[];
      /** Rows in each bin: one more than edges. */
      readonly counts: readonly number[];
      readonly missing: number;
      readonly minimum: number | null;
      readonly maximum: number | null;
      readonly mean: number | null;
    }
  | {
      readonly kind: 'category';
      readonly name: string;
      /** The commonest first. */
      readonly values: readonly string[];
      readonly counts: readonly number[];
      /** Rows with values that are not among `values`. */
      readonly other: number;
      /** Whether `values` are all that training had, so that another is unseen. */
      readonly complete: boolean;
      readonly missing: number;
    };

export interface Baseline {
  readonly rowCount: number;
  readonly inputs: readonly ColumnBaseline[];
  readonly outputs: readonly ColumnBaseline[];
}

/** Counts of one column over the bins of its baseline. */
export interface ObservedColumn {
  /** Of numbers one more than edges; of categories one more than values, the last for all others. */
  counts: number[];
  missing: number;
  /** Below the least or above the greatest of training. */
  outOfRange: number;
  /** Of numbers that are not missing. */
  sum: number;
}

export interface Observed {
  rowCount: number;
  inputs: ObservedColumn[];
  outputs: ObservedColumn[];
}
