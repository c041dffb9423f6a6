import type { AutoRollback, DeploymentSettings, RequestLogSettings } from '../api-endpoint-types.ts';
import type { NumberSetting } from './number-form.svelte.ts';

/** How the processes of a deployment work. */
export const DEPLOYMENT_NUMBERS: readonly NumberSetting<keyof DeploymentSettings>[] = [
  {
    name: 'workers',
    title: 'Workers',
    help: 'Processes that each hold the model and score at the same time. More of them need more memory.',
    minimum: 1,
    maximum: 16,
    whole: true,
    standard: 1,
  },
  {
    name: 'queueLimit',
    title: 'Requests that may wait',
    help: 'In each worker. What waits together is scored together; more is refused with 503.',
    minimum: 1,
    maximum: 10_000,
    whole: true,
    standard: 256,
  },
  {
    name: 'timeLimitMilliseconds',
    title: 'Time limit',
    help: 'A request that takes longer is answered with 504.',
    unit: 'ms',
    minimum: 50,
    maximum: 600_000,
    whole: true,
    standard: 10_000,
  },
  {
    name: 'idleMinutes',
    title: 'Sleep without requests after',
    help: 'Its workers end; the next request starts them again. 0: never.',
    unit: 'min',
    minimum: 0,
    maximum: 10_080,
    standard: 0,
  },
];

export const ROLLBACK_NUMBERS: readonly NumberSetting<Exclude<keyof AutoRollback, 'enabled'>>[] = [
  {
    name: 'errorRate',
    title: 'Roll back above this error rate',
    help: 'Requests that failed on the server’s side. What callers sent wrong does not count.',
    unit: '%',
    minimum: 0,
    maximum: 100,
    standard: 5,
    factor: 0.01,
  },
  {
    name: 'p95Milliseconds',
    title: 'Or above this p95 latency',
    help: '19 of 20 requests are faster than the p95.',
    unit: 'ms',
    minimum: 0.01,
    maximum: 600_000,
    empty: 'not looked at',
    standard: null,
  },
  {
    name: 'windowSeconds',
    title: 'Looked at over the last',
    help: 'Longer is calmer, shorter is quicker.',
    unit: 's',
    minimum: 5,
    maximum: 3_600,
    whole: true,
    standard: 60,
  },
  {
    name: 'minimumRequests',
    title: 'With at least this many requests',
    help: 'With fewer of them in that time nothing is decided.',
    minimum: 1,
    maximum: 1_000_000,
    whole: true,
    standard: 20,
  },
];

export const REQUEST_LOG_NUMBERS: readonly NumberSetting<Exclude<keyof RequestLogSettings, 'masked'>>[] = [
  {
    name: 'sampleRate',
    title: 'Share of requests that is kept',
    help: 'Drawn by chance. 0: nothing is kept.',
    unit: '%',
    minimum: 0,
    maximum: 100,
    standard: 0,
    factor: 0.01,
  },
  { name: 'retentionDays', title: 'Kept for', help: 'Older rows are deleted.', unit: 'days', minimum: 1, maximum: 365, whole: true, standard: 30 },
  {
    name: 'maximumRows',
    title: 'At most',
    help: 'Of more, the oldest are deleted.',
    unit: 'rows',
    minimum: 1,
    maximum: 1_000_000,
    whole: true,
    standard: 10_000,
  },
];
