import type { AlertEvent } from '#web/lib/api-endpoint-types.ts';

/** What can be watched, and the limit that is proposed. */
export const METRICS: readonly { readonly value: string; readonly label: string; readonly threshold: number }[] = [
  { value: 'input_drift', label: 'Drift of inputs (PSI)', threshold: 0.2 },
  { value: 'prediction_drift', label: 'Drift of predictions (PSI)', threshold: 0.2 },
  { value: 'error_rate', label: 'Error rate (share)', threshold: 0.01 },
  { value: 'p95', label: 'p95 latency, ms', threshold: 100 },
  { value: 'p99', label: 'p99 latency, ms', threshold: 200 },
  { value: 'queue_p95', label: 'p95 of waiting, ms', threshold: 50 },
  { value: 'compute_p95', label: 'p95 in the model, ms', threshold: 50 },
  { value: 'requests', label: 'Requests', threshold: 1 },
  { value: 'missing_share', label: 'Missing values (share)', threshold: 0.1 },
  { value: 'unseen_share', label: 'Unseen categories (share)', threshold: 0.01 },
  { value: 'out_of_range_share', label: 'Values out of range (share)', threshold: 0.05 },
  { value: 'realised_metric', label: 'Realised accuracy or error', threshold: 0.8 },
];
export const metricWords = (metric: string): string => METRICS.find(({ value }) => value === metric)?.label ?? metric;
/** Figures that are of one column, or of the one that is worst. */
export const OF_COLUMNS: readonly string[] = ['input_drift', 'missing_share', 'unseen_share', 'out_of_range_share'];

/** The most receivers of an alert. */
const RECEIVERS = 10;
/** Addresses as they are typed: separated by commas, semicolons, spaces or lines. */
export const addressesOf = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean);

/** What is wrong with typed addresses, or null. */
export function addressesError(text: string): string | null {
  const addresses = addressesOf(text);
  const wrong = addresses.find((each) => !/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/.test(each));
  if (wrong !== undefined) return `“${wrong}” is no address`;
  if (new Set(addresses.map((each) => each.toLowerCase())).size < addresses.length) return 'An address stands here twice';
  return addresses.length > RECEIVERS ? `${RECEIVERS} addresses at most` : null;
}

/** What came of an alert's webhook and mail, a sentence each. */
export function deliveryWords({ delivery, mail }: Pick<AlertEvent, 'delivery' | 'mail'>): string[] {
  const ways = [
    ['Webhook', delivery],
    ['Mail', mail],
  ] as const;
  return ways.flatMap(([way, came]) => {
    if (!came) return [];
    const code = came.code === null ? '' : ` (${came.code})`;
    return came.status === 'failed' ? `${way} not sent: ${came.detail}` : `${way} sent${code}${came.detail ? `, but not to ${came.detail}` : ''}`;
  });
}
