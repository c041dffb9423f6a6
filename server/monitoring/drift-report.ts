import type { Baseline, ColumnBaseline, Observed, ObservedColumn } from './baseline.ts';
import { jensenShannon, kolmogorovSmirnov, stabilityIndex } from './drift.ts';

/** From here on a column counts as moved. */
export const MOVED = 0.2;

/** A column then and now. */
export interface ColumnDrift {
  readonly name: string;
  readonly kind: ColumnBaseline['kind'];
  /** Bounds of the bins of numbers. */
  readonly edges: readonly number[] | null;
  /** Values of the bins of categories; one bin more is for all others. */
  readonly values: readonly string[] | null;
  readonly then: readonly number[];
  readonly now: readonly number[];
  readonly stabilityIndex: number | null;
  readonly jensenShannon: number | null;
  /** Of numbers alone. */
  readonly kolmogorovSmirnov: number | null;
  readonly moved: boolean;
  readonly meanThen: number | null;
  readonly meanNow: number | null;
  readonly missingThen: number;
  /** Shares of the rows. */
  readonly missingNow: number;
  /** Of rows with a value that training never had; null where training had too many to keep. */
  readonly unseen: number | null;
  /** Of rows with a number below the least or above the greatest of training. */
  readonly outOfRange: number | null;
}
export interface DriftReport {
  readonly trainingRows: number;
  readonly rowCount: number;
  readonly inputs: readonly ColumnDrift[];
  readonly outputs: readonly ColumnDrift[];
}

const share = (part: number, of: number): number => (of === 0 ? 0 : part / of);

export function columnDrift(baseline: ColumnBaseline, seen: ObservedColumn, trainingRows: number, rowCount: number): ColumnDrift {
  const numeric = baseline.kind === 'number';
  const then = numeric ? baseline.counts : [...baseline.counts, baseline.other];
  const now = seen.counts;
  const index = stabilityIndex(then, now);
  const present = now.reduce((sum, count) => sum + count, 0);
  return {
    name: baseline.name,
    kind: baseline.kind,
    edges: numeric ? baseline.edges : null,
    values: numeric ? null : baseline.values,
    then,
    now,
    stabilityIndex: index,
    jensenShannon: jensenShannon(then, now),
    kolmogorovSmirnov: numeric ? kolmogorovSmirnov(then, now) : null,
    moved: index !== null && index > MOVED,
    meanThen: numeric ? baseline.mean : null,
    meanNow: numeric && present > 0 ? seen.sum / present : null,
    missingThen: share(baseline.missing, trainingRows),
    missingNow: share(seen.missing, rowCount),
    unseen: numeric || !baseline.complete ? null : share(now.at(-1)!, rowCount),
    outOfRange: numeric ? share(seen.outOfRange, rowCount) : null,
  };
}

export function driftReport(baseline: Baseline, observed: Observed): DriftReport {
  const of = (columns: readonly ColumnBaseline[], seen: readonly ObservedColumn[]): ColumnDrift[] =>
    columns.map((column, index) => columnDrift(column, seen[index]!, baseline.rowCount, observed.rowCount));
  return {
    trainingRows: baseline.rowCount,
    rowCount: observed.rowCount,
    inputs: of(baseline.inputs, observed.inputs),
    outputs: of(baseline.outputs, observed.outputs),
  };
}
