import type { AlertMetric, AlertRule } from './alert-rules.ts';

interface Figure {
  /** Within a sentence. */
  readonly words: string;
  /** The limit that is proposed. */
  readonly threshold: number;
  /** Of one column, or of the one that is worst. */
  readonly ofColumns?: true;
}
const FIGURES: Readonly<Record<AlertMetric, Figure>> = {
  input_drift: { words: 'drift of inputs (PSI)', threshold: 0.2, ofColumns: true },
  prediction_drift: { words: 'drift of predictions (PSI)', threshold: 0.2 },
  error_rate: { words: 'error rate', threshold: 0.01 },
  p50: { words: 'p50 (ms)', threshold: 50 },
  p95: { words: 'p95 (ms)', threshold: 100 },
  p99: { words: 'p99 (ms)', threshold: 200 },
  queue_p95: { words: 'p95 of waiting (ms)', threshold: 50 },
  compute_p95: { words: 'p95 in the model (ms)', threshold: 50 },
  requests: { words: 'number of requests', threshold: 1 },
  missing_share: { words: 'share of missing values', threshold: 0.1, ofColumns: true },
  unseen_share: { words: 'share of unseen categories', threshold: 0.01, ofColumns: true },
  out_of_range_share: { words: 'share of values out of range', threshold: 0.05, ofColumns: true },
  realised_metric: { words: 'realised accuracy or error', threshold: 0.8 },
};

/** A figure that an alert can be about, as people choose it. */
export interface AlertFigure {
  readonly metric: AlertMetric;
  readonly title: string;
  /** The limit that is proposed. */
  readonly threshold: number;
  /** Of one column, or of the one that is worst. */
  readonly ofColumns: boolean;
}
const titled = (words: string): string => (/^p\d/.test(words) ? words : words[0]!.toUpperCase() + words.slice(1));
export const ALERT_FIGURES: readonly AlertFigure[] = Object.entries(FIGURES).map(([metric, { words, threshold, ofColumns = false }]) => ({
  metric: metric as AlertMetric,
  title: titled(words),
  threshold,
  ofColumns,
}));

/** What a rule looks at, such as “drift of inputs (PSI) of age”. */
export const figureOf = ({ metric, column }: Pick<AlertRule, 'metric' | 'column'>): string =>
  `${FIGURES[metric].words}${column === null ? '' : ` of ${column}`}`;

/** The same at the beginning of a line. */
export const figureTitle = (rule: Pick<AlertRule, 'metric' | 'column'>): string => titled(figureOf(rule));

/** With four digits. */
export const shortNumber = (value: number): string => String(Number(value.toPrecision(4)));

/** What is to be told, in one sentence. */
export function newsOf(rule: AlertRule, type: 'firing' | 'resolved', value: number | null): string {
  const what = `The ${figureOf(rule)}`;
  const limit = `${rule.comparison} ${rule.threshold}`;
  return type === 'firing' ? `${what} is ${shortNumber(value!)}, ${limit}.` : `${what} is no longer ${limit}.`;
}
