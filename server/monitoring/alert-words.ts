import type { AlertMetric, AlertRule } from './alert-rules.ts';

const FIGURES: Readonly<Record<AlertMetric, string>> = {
  requests: 'number of requests',
  error_rate: 'error rate',
  p50: 'p50 (ms)',
  p95: 'p95 (ms)',
  p99: 'p99 (ms)',
  queue_p95: 'p95 of waiting (ms)',
  compute_p95: 'p95 in the model (ms)',
  input_drift: 'drift of inputs (PSI)',
  prediction_drift: 'drift of predictions (PSI)',
  missing_share: 'share of missing values',
  unseen_share: 'share of unseen categories',
  out_of_range_share: 'share of values out of range',
  realised_metric: 'realised figure',
};

/** What a rule looks at, such as “drift of inputs (PSI) of age”. */
export const figureOf = ({ metric, column }: Pick<AlertRule, 'metric' | 'column'>): string => `${FIGURES[metric]}${column === null ? '' : ` of ${column}`}`;

/** With four digits. */
export const shortNumber = (value: number): string => String(Number(value.toPrecision(4)));

/** What is to be told, in one sentence. */
export function newsOf(rule: AlertRule, type: 'firing' | 'resolved', value: number | null): string {
  const what = `The ${figureOf(rule)}`;
  const limit = `${rule.comparison} ${rule.threshold}`;
  return type === 'firing' ? `${what} is ${shortNumber(value!)}, ${limit}.` : `${what} is no longer ${limit}.`;
}
