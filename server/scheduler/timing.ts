export const FREQUENCIES = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** Every so many minutes, hours, days, weeks or months. */
export interface Recurrence {
  readonly frequency: Frequency;
  readonly interval: number;
  /** Of days, weeks and months: times of day such as `06:00`, in the schedule's zone. */
  readonly times?: readonly string[];
  /** Of weeks: 0 is Sunday. */
  readonly weekdays?: readonly number[];
  /** Of months: days of the month, -1 is the last one. */
  readonly monthDays?: readonly number[];
}

/** What a schedule may wait for instead of the time. */
export type EventSource =
  | { readonly kind: 'dataset'; readonly dataset: string }
  | { readonly kind: 'pipeline'; readonly pipelineId: string }
  | { readonly kind: 'files'; readonly connection: string; readonly path: string; readonly everySeconds: number }
  | { readonly kind: 'alert'; readonly subject: string };

/** When a schedule is due. */
export type Timing =
  | { readonly kind: 'cron'; readonly cron: string }
  | { readonly kind: 'recurrence'; readonly recurrence: Recurrence; /** Where counting begins, in milliseconds since 1970. */ readonly anchor: number }
  | { readonly kind: 'event'; readonly event: EventSource };
