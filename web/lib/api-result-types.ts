import type { Kind } from '#nodes/kit/kinds.ts';
import type { ModelSummary } from '#nodes/kit/reports.ts';
import type { Signature } from '#nodes/kit/signature.ts';
import type { ColumnSchema, TableSchema } from '#nodes/kit/table.ts';

export type Cell = string | number | boolean | null;
export interface Rows {
  /** Those of the cells. */
  readonly columns: readonly ColumnSchema[];
  /** Of the whole table. */
  readonly columnCount: number;
  readonly rows: readonly (readonly Cell[])[];
  readonly rowCount: number;
  readonly offset: number;
}
/** A condition on one column; values are texts, read by the column's type. */
export type RowFilter =
  | { readonly column: string; readonly is: 'missing' | 'present' }
  | { readonly column: string; readonly is: 'contains' | 'equal' | 'unequal' | 'less' | 'greater'; readonly value: string }
  | { readonly column: string; readonly is: 'between'; readonly value: string; readonly to: string };
export interface CorrelationMatrix {
  readonly columns: readonly string[];
  readonly values: readonly (readonly (number | null)[])[];
  readonly left: number;
}
export interface Pairs {
  readonly points: readonly (readonly [number, number])[];
  readonly rowCount: number;
}
/** What a reader should know of a column or a table before using it. */
export interface ProfileWarning {
  readonly code:
    | 'constant'
    | 'id_like'
    | 'high_cardinality'
    | 'skewed'
    | 'infinite_values'
    | 'imbalanced_label'
    | 'leaking'
    | 'duplicate_rows'
    | 'mostly_missing'
    | 'no_rows';
  readonly message: string;
}
export interface ColumnProfile {
  readonly name: string;
  readonly type: string;
  readonly missing: number;
  readonly distinct: number;
  /** Whether `distinct` was counted or estimated. */
  readonly distinctExact: boolean;
  readonly minimum: number | string | null;
  readonly maximum: number | string | null;
  readonly mean: number | null;
  readonly median: number | null;
  readonly deviation: number | null;
  /** Numbers: values at 1, 5, 25, 50, 75, 95 and 99 %. */
  readonly quantiles: readonly { readonly level: number; readonly value: number }[] | null;
  readonly skewness: number | null;
  /** Excess kurtosis: 0 for the normal distribution. */
  readonly kurtosis: number | null;
  /** Numbers: how many are 0, and how many are below it. */
  readonly zeros: number | null;
  readonly negatives: number | null;
  /** Numbers: how many are infinite, which count as values but in no other figure. */
  readonly infinite: number | null;
  /** Text and categories: lengths in characters. */
  readonly lengths: { readonly minimum: number; readonly mean: number; readonly maximum: number } | null;
  /** Dates: the longest time without any. */
  readonly largestGap: { readonly from: string; readonly to: string; readonly milliseconds: number } | null;
  /** Numbers and dates: equal-width bins. */
  readonly histogram: { readonly edges: readonly number[]; readonly counts: readonly number[] } | null;
  /** Text, categories and booleans: the most frequent values. */
  readonly top: readonly { readonly value: string; readonly count: number }[] | null;
  readonly warnings: readonly ProfileWarning[];
}
export interface TableProfile {
  readonly rowCount: number;
  readonly columns: readonly ColumnProfile[];
  /** Rows that equal an earlier one; null where the table is too large to tell. */
  readonly duplicateRows: number | null;
  /** Of the table as a whole. */
  readonly warnings: readonly ProfileWarning[];
}
export interface Artifact {
  readonly hash: string;
  readonly kind: Kind;
  readonly bytes: number;
  readonly meta: { readonly kind: 'table'; readonly schema: TableSchema } | { readonly kind: Exclude<Kind, 'table'> };
}
export interface ModelView {
  readonly signature: Signature;
  readonly summary: ModelSummary;
}
