import { z } from 'zod';
import { ISSUE_CODES } from '#nodes/kit/issues.ts';

/** `failed` is the step's fault, `crashed` is ours; `reused` took an earlier result; `skipped` waits for nothing any more. */
export const STATUSES = ['queued', 'running', 'cancelling', 'succeeded', 'failed', 'crashed', 'cancelled', 'skipped', 'reused'] as const;
export type Status = (typeof STATUSES)[number];
export const FINAL_STATUSES: readonly Status[] = ['succeeded', 'failed', 'crashed', 'cancelled', 'skipped', 'reused'];
export const isFinal = (status: Status): boolean => FINAL_STATUSES.includes(status);

export const stepError = z.object({
  code: z.enum(ISSUE_CODES),
  message: z.string(),
  param: z.string().optional(),
});
export type StepError = z.output<typeof stepError>;

/** What a step put on an output port, without its bytes. */
export const artifactSummary = z.object({
  port: z.string(),
  kind: z.enum(['table', 'learner', 'model', 'transform', 'images', 'file', 'report']),
  hash: z.string(),
  bytes: z.number(),
  /** Tables only. */
  rowCount: z.number().nullable(),
  columnCount: z.number().nullable(),
});
export type ArtifactSummary = z.output<typeof artifactSummary>;

const base = { seq: z.int(), at: z.number() };
const runChanged = z.object({ ...base, type: z.literal('run'), status: z.enum(STATUSES), error: stepError.nullable() });
const stepChanged = z.object({
  ...base,
  type: z.literal('step'),
  node: z.string(),
  status: z.enum(STATUSES),
  attempt: z.int(),
  milliseconds: z.number().nullable(),
  /** Why it ran, or why it was skipped. */
  reason: z.string().nullable(),
  error: stepError.nullable(),
  outputs: z.array(artifactSummary),
  /** For `reused`: the number of the run that made the result. */
  reusedFrom: z.int().nullable(),
  /** At the end of a step that ran: the most memory that it held, and its time on processors. */
  peakBytes: z.number().nullable().optional(),
  cpuMilliseconds: z.number().nullable().optional(),
});
/** What a step uses while it runs: memory now, and its time on processors so far. */
const used = z.object({ ...base, type: z.literal('usage'), node: z.string(), residentBytes: z.number(), cpuMilliseconds: z.number() });
const progressed = z.object({ ...base, type: z.literal('progress'), node: z.string(), fraction: z.number(), message: z.string() });
const logged = z.object({ ...base, type: z.literal('log'), node: z.string().nullable(), level: z.enum(['info', 'warning', 'error']), message: z.string() });
const measured = z.object({ ...base, type: z.literal('metric'), node: z.string(), name: z.string(), value: z.number().nullable(), iteration: z.int() });

/** One stored event of a run; `seq` rises by one within the run and is the SSE id, `at` is milliseconds since 1970. */
export const runEvent = z.discriminatedUnion('type', [runChanged, stepChanged, progressed, used, logged, measured]);
export type RunEvent = z.output<typeof runEvent>;
/** An event before it is stored. */
export type NewRunEvent = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'seq' | 'at'> : never) : never;
