import { z } from '@hono/zod-openapi';
import { mailAddress } from '../mail/mail-server.ts';

export const ALERT_METRICS = [
  'requests',
  'error_rate',
  'p50',
  'p95',
  'p99',
  'queue_p95',
  'compute_p95',
  'input_drift',
  'prediction_drift',
  'missing_share',
  'unseen_share',
  'out_of_range_share',
  'realised_metric',
] as const;
export type AlertMetric = (typeof ALERT_METRICS)[number];

/** When an alert fires, and what it does then. */
export const alertRule = z.strictObject({
  metric: z.enum(ALERT_METRICS),
  /** For drift and data quality one column; null: the column that is worst. */
  column: z.string().min(1).max(1_000).nullable(),
  comparison: z.enum(['above', 'below']),
  threshold: z.number(),
  /** What is looked at. */
  windowMinutes: z.int().min(1).max(43_200),
  /** How long it has to hold before the alert fires. */
  forMinutes: z.int().min(0).max(1_440),
  /** Where it is sent; null: nowhere, it stands in the history alone. */
  webhookUrl: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .nullable(),
  /** Who gets a mail; none: nobody. */
  emails: z
    .array(mailAddress)
    .max(10)
    .refine((each) => new Set(each.map((address) => address.toLowerCase())).size === each.length, 'An address stands here twice')
    .default([]),
  /** The pipeline that it starts when it fires. */
  pipelineId: z.string().min(1).max(100).nullable(),
});
export type AlertRule = z.infer<typeof alertRule>;

/** What came of sending it. */
export interface Delivery {
  /** By mail: sent when at least one receiver was taken. */
  readonly status: 'sent' | 'failed';
  readonly attempts: number;
  /** The status code of the last answer. */
  readonly code: number | null;
  /** What went wrong, a line for each receiver of a mail. */
  readonly detail: string | null;
}
/** By webhook and by mail; null: it has none. */
export interface Deliveries {
  readonly webhook: Delivery | null;
  readonly mail: Delivery | null;
}

export type AlertState = 'quiet' | 'pending' | 'firing';
export interface AlertStanding {
  readonly state: AlertState;
  /** Since when, in milliseconds since 1970. */
  readonly since: number;
}

/** Where an alert stands after its figure was looked at (null: there is none now), and what has to be told. */
export function nextStanding(
  rule: Pick<AlertRule, 'comparison' | 'threshold' | 'forMinutes'>,
  { state, since }: AlertStanding,
  value: number | null,
  now: number,
): AlertStanding & { readonly tell: 'firing' | 'resolved' | null } {
  const breached = value !== null && (rule.comparison === 'above' ? value > rule.threshold : value < rule.threshold);
  if (!breached) return state === 'quiet' ? { state, since, tell: null } : { state: 'quiet', since: now, tell: state === 'firing' ? 'resolved' : null };
  if (state === 'firing') return { state, since, tell: null };
  const began = state === 'pending' ? since : now;
  if (now - began >= rule.forMinutes * 60_000) return { state: 'firing', since: now, tell: 'firing' };
  return { state: 'pending', since: began, tell: null };
}
