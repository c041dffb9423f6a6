import type { RunSummary } from './api-types.ts';

export interface Recurrence {
  readonly frequency: 'minute' | 'hour' | 'day' | 'week' | 'month';
  readonly interval: number;
  readonly times?: readonly string[];
  /** 0 is Sunday. */
  readonly weekdays?: readonly number[];
  /** -1 is the last day of the month. */
  readonly monthDays?: readonly number[];
}
export type EventSource =
  | { readonly kind: 'dataset'; readonly dataset: string }
  | { readonly kind: 'pipeline'; readonly pipelineId: string }
  | { readonly kind: 'files'; readonly connection: string; readonly path: string; readonly everySeconds: number }
  | { readonly kind: 'alert'; readonly subject: string };

export interface Firing {
  readonly id: string;
  readonly slot: string;
  readonly kind: 'time' | 'event' | 'asked' | 'backfill';
  readonly outcome: 'waiting' | 'started' | 'missed' | 'overlapped' | 'refused' | 'dropped';
  readonly detail: string | null;
  readonly event: Readonly<Record<string, unknown>> | null;
  readonly runId: string | null;
  readonly runNumber: number | null;
  readonly runStatus: string | null;
  readonly createdAt: string;
}

export interface SchedulePolicies {
  readonly startAt: string | null;
  readonly endAt: string | null;
  readonly endAfter: number | null;
  readonly overlap: 'skip' | 'queue' | 'cancel';
  readonly catchUp: 'skip' | 'once' | 'all';
  readonly catchUpSeconds: number;
  readonly catchUpMost: number;
  readonly jitterSeconds: number;
  readonly pauseAfter: number;
}
export interface Schedule extends SchedulePolicies {
  readonly id: string;
  readonly name: string;
  readonly pipelineId: string;
  readonly pipelineName: string;
  /** Of these three one is given. */
  readonly cron: string | null;
  readonly recurrence: Recurrence | null;
  readonly event: EventSource | null;
  readonly description: string;
  readonly timeZone: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
  readonly pausedReason: string | null;
  readonly failures: number;
  readonly fired: number;
  readonly createdAt: string;
  readonly next: readonly string[];
  readonly lastRun: RunSummary | null;
  readonly missed: number;
  readonly recent: readonly Firing[];
  readonly watched: { readonly at: string; readonly files: number | null; readonly error: string | null } | null;
}
export interface When {
  readonly cron?: string;
  readonly recurrence?: Recurrence;
  readonly event?: EventSource;
}
export interface ScheduleRequest extends When, Partial<SchedulePolicies> {
  readonly name: string;
  readonly pipelineId?: string;
  readonly timeZone: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}
export interface SchedulePreview {
  readonly next: readonly string[];
  readonly description: string;
  /** With macros replaced, as the first firing would have them. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}
export interface FiringGrid {
  readonly steps: readonly { readonly node: string; readonly name: string }[];
  readonly items: readonly (Firing & { readonly states: Readonly<Record<string, string>> })[];
  readonly nextCursor: string | null;
}
export interface Backfill {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly missingOnly: boolean;
  readonly parallel: number;
  readonly state: 'running' | 'done' | 'cancelled';
  readonly createdAt: string;
  readonly counts: { readonly waiting: number; readonly running: number; readonly succeeded: number; readonly failed: number; readonly dropped: number };
}

export interface PublishedParameter {
  readonly name: string;
  readonly description: string;
  readonly value?: unknown;
  readonly required?: true;
}
export interface PublishedVersion {
  readonly version: number;
  readonly description: string;
  readonly parameters: readonly PublishedParameter[];
  readonly enabled: boolean;
  readonly publishedBy: string;
  readonly createdAt: string;
  readonly revision: number;
  readonly nodeCount: number;
}
export interface EndpointToken {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly expiresAt: string | null;
  readonly expired: boolean;
  readonly lastUsedAt: string | null;
  readonly createdAt: string;
}
export interface PipelineEndpoint {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly pipelineId: string;
  readonly pipelineName: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
  readonly createdAt: string;
  readonly url: string;
  readonly defaultVersion: number | null;
  readonly versions: readonly PublishedVersion[];
  readonly tokens: readonly EndpointToken[];
  readonly signed: boolean;
  readonly callsPerMinute: number | null;
  readonly callback: { readonly url: string; readonly enabled: boolean } | null;
  readonly lastRun: RunSummary | null;
  readonly callCount: number;
}
export interface EndpointCall {
  readonly id: number;
  readonly at: string;
  readonly caller: string | null;
  readonly version: number | null;
  readonly status: number;
  readonly code: string | null;
  readonly detail: string | null;
  readonly runId: string | null;
  readonly runNumber: number | null;
  readonly parameters: readonly string[];
}
export interface CallbackDelivery {
  readonly id: string;
  readonly runId: string;
  readonly state: 'waiting' | 'due' | 'delivered' | 'failed';
  readonly attempts: number;
  readonly nextAt: string | null;
  readonly status: number | null;
  readonly detail: string | null;
  readonly createdAt: string;
}
