import type { Effect } from '#nodes/kit/context.ts';
import type { Observed } from '#pipelines/propagate.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import type { ArtifactSummary, Status, StepError } from '#pipelines/events.ts';
import type { Scope } from '#pipelines/plan.ts';
import type { RunPolicy } from '#pipelines/policy.ts';
import type { RunCounts } from '#server/db/schema.ts';
import type { ArtifactFile } from './messages.ts';
import type { RunSource } from './run-source.ts';

export interface StartedBy {
  readonly kind: 'person' | 'token' | 'schedule' | 'trigger' | 'command';
  readonly name: string;
  /** Of the schedule or trigger. */
  readonly id?: string;
}

export interface StartRequest {
  readonly workspaceId: string;
  readonly pipelineId: string;
  /** Runs this instead of the saved document, which stays as it is. */
  readonly document?: PipelineDocument;
  /** The revision that the document was saved as; by default that of the pipeline. */
  readonly revision?: number;
  readonly scope?: Scope;
  /** Where a part-run takes what lies before it. */
  readonly source?: RunSource;
  /** Values for the pipeline's parameters, by name. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Runs every step that the scope asks for, also where an equal result is there. */
  readonly force?: boolean;
  /** How it is carried out, where that differs from what the pipeline says. */
  readonly policy?: RunPolicy;
  readonly startedBy: StartedBy;
  /** The same key with an equal request gives the run that the first one started. */
  readonly idempotencyKey?: string;
  /** What the caller asked for, where requests are equal by that alone, whatever it means today. */
  readonly asked?: Readonly<Record<string, unknown>>;
  readonly scheduledFor?: number;
  readonly resumeOf?: string;
  /** Called inside the transaction that makes the run, on the same connection: what it writes is there if and only if the run is. */
  readonly alongside?: (run: StartedRun) => void;
}
export interface StartedRun {
  readonly id: string;
  readonly number: number;
  /** An equal request with the same key started it before. */
  readonly replayed?: true;
}

export interface RunSummary {
  readonly id: string;
  readonly number: number;
  readonly pipelineId: string;
  readonly pipelineName: string;
  readonly revision: number;
  readonly status: Status;
  readonly startedBy: StartedBy;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly milliseconds: number | null;
  readonly counts: RunCounts;
  readonly priority: number;
  /** Of a queued run: its place in the queue, from 1. */
  readonly place: number | null;
  readonly headline: string | null;
  readonly error: StepError | null;
  readonly resumeOf: string | null;
  readonly scheduledFor: string | null;
}

export interface StepView {
  readonly node: string;
  readonly type: string;
  readonly name: string;
  readonly status: Status;
  readonly attempt: number;
  readonly milliseconds: number | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly reason: string | null;
  readonly error: StepError | null;
  readonly outputs: readonly ArtifactSummary[];
  /** For `reused`: the number of the run that made the result. */
  readonly reusedFrom: number | null;
  readonly peakBytes: number | null;
  readonly cpuMilliseconds: number | null;
  readonly compute: string | null;
  /** When all that it needs was there. */
  readonly readyAt: string | null;
  /** Rows of the tables that entered, and that it gave. */
  readonly rowsIn: number | null;
  readonly rowsOut: number | null;
  /** What it took when it last ran before. */
  readonly expectedMilliseconds: number | null;
  readonly attemptsAllowed: number;
  /** Nodes of the run that it waits for. */
  readonly needs: readonly string[];
  readonly waiting: WaitingStep | null;
  readonly runNumber: number;
  readonly runId: string;
}

/** A step that wants a slot. */
export interface WaitingStep {
  readonly compute: string;
  /** From 1. */
  readonly place: number;
  /** Steps that wait for that compute in all. */
  readonly of: number;
}

export interface RunDetails extends RunSummary {
  readonly document: PipelineDocument;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** As it holds, defaults included. */
  readonly policy: Required<RunPolicy>;
  readonly steps: readonly StepView[];
}

export interface RunPage {
  readonly items: readonly RunSummary[];
  readonly nextCursor: string | null;
}
export interface RunQuery {
  readonly workspaceId: string;
  readonly pipelineId?: string;
  readonly status?: Status;
  readonly limit?: number;
  readonly cursor?: string;
}

export interface PipelineState {
  readonly lastRun: RunSummary | null;
  /** The newest step of each node over all runs. */
  readonly steps: readonly StepView[];
  /** The true specs of the newest good result of each node. */
  readonly observed: Observed;
}

export interface PlanView {
  readonly node: string;
  readonly will: 'run' | 'reuse';
  /** Why it runs; for `reuse` where the result comes from. */
  readonly reason: string;
  /** How long it took when it last ran. */
  readonly lastMilliseconds: number | null;
  /** Name of the compute that it runs on. */
  readonly compute: string;
}

export interface LogLine {
  readonly at: string;
  readonly level: 'info' | 'warning' | 'error';
  readonly node: string | null;
  readonly message: string;
}

/** What an effect may know of the step that asks for it. */
export interface EffectContext {
  readonly workspaceId: string;
  readonly pipelineId: string;
  readonly runId: string;
  readonly runNumber: number;
  readonly node: string;
  /** The document as it runs, parameters applied. */
  readonly document: PipelineDocument;
  /** What entered the step on the effect's port. */
  readonly input: ArtifactFile;
  /** The report that the newest evaluation in this run gave, as one line. */
  readonly headline: string | null;
  /** What a finished step of this run put on a port. */
  artifact(node: string, port: string): ArtifactFile | undefined;
}

/** An effect that is ready to happen. */
export interface PreparedEffect {
  /** Called once, inside the transaction that publishes the step's result; only database writes on the same connection. */
  commit(): void;
  /** Called after that transaction, in this process only: a server that starts later must find its work in the database. */
  afterCommit?(): void;
}

/**
 * What steps ask for beyond outputs. A handler does the slow part first and may throw NodeError, which fails the step; nothing may be visible
 * before `commit`.
 */
export type EffectHandlers = {
  readonly [T in Effect['type']]: (effect: Extract<Effect, { type: T }>, context: EffectContext) => Promise<PreparedEffect> | PreparedEffect;
};
