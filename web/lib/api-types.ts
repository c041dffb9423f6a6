import type { TableSchema } from '#nodes/kit/table.ts';
import type { Category, Family } from '#nodes/kit/define.ts';
import type { ModelSpec } from '#nodes/kit/kinds.ts';
import type { PipelineDocument, PipelineKind } from '#pipelines/document.ts';
import type { ArtifactSummary, Status, StepError } from '#pipelines/events.ts';
import type { RunPolicy } from '#pipelines/policy.ts';
import type { ColumnChoice } from '#server/executor/messages.ts';
import type { FileReadOptions } from '#server/routes/read-options.ts';
import type { Cell } from './api-result-types.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export interface Session {
  readonly user: { readonly name: string };
  readonly workspace: { readonly id: string; readonly name: string };
}
export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

export interface NodeTypeInfo {
  readonly type: string;
  readonly title: string;
  readonly category: Category;
  readonly family: Family;
  readonly version: number;
  readonly summary: string;
  readonly keywords: readonly string[];
}

export interface Outline {
  readonly nodes: readonly { readonly id: string; readonly type: string; readonly x: number; readonly y: number }[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}
export interface Pipeline {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly kind: PipelineKind;
  readonly revision: number;
  readonly document: PipelineDocument;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly trainingPipelineId: string | null;
}
export interface PipelineSummary {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly kind: PipelineKind;
  readonly revision: number;
  readonly nodeCount: number;
  readonly updatedAt: string;
  readonly outline: Outline;
  readonly lastRun: RunSummary | null;
}
/** Someone who has the same pipeline open in a tab. */
export interface Person {
  readonly client: string;
  readonly name: string;
  /** The node that is chosen there. */
  readonly node: string | null;
}
/** A state of a pipeline that someone named, or that a run pinned. */
export interface PipelineVersion {
  readonly id: string;
  readonly name: string | null;
  readonly description: string;
  readonly by: string;
  readonly at: string;
  readonly revision: number;
  readonly nodeCount: number;
  readonly runCount: number;
  readonly lastRun: { readonly id: string; readonly number: number; readonly status: Status; readonly headline: string | null } | null;
  /** The pipeline is saved just so now. */
  readonly current: boolean;
}
export interface SampleSummary {
  readonly id: string;
  readonly title: string;
  readonly question: string;
  readonly summary: string;
  readonly task: string;
  readonly rowCount: number;
  readonly outline: Outline;
}
export interface PlanStep {
  readonly node: string;
  readonly will: 'run' | 'reuse';
  readonly reason: string;
  readonly lastMilliseconds: number | null;
  /** Name of the compute that would carry it out. */
  readonly compute: string;
}
export interface PipelineState {
  readonly lastRun: RunSummary | null;
  readonly steps: readonly Step[];
  readonly observed: Readonly<Record<string, Readonly<Record<string, TableSchema | ModelSpec>>>>;
}
export interface RunScope {
  readonly kind: 'all' | 'node' | 'to' | 'from';
  readonly node?: string;
}
/** Where a run of a part takes what lies before it: what still holds, the newest results as they are, what one run made, or all anew. */
export type RunSource = { readonly kind: 'current' | 'last' | 'fresh' } | { readonly kind: 'run'; readonly run: string };
export interface RunRequest {
  readonly scope?: RunScope;
  readonly source?: RunSource;
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Steps of the scope run anew even if an equal result is there. */
  readonly force?: boolean;
  /** Over the pipeline's own policy for this run. */
  readonly policy?: RunPolicy;
}
/** A ready step that waits for a free slot. */
export interface SlotWait {
  readonly compute: string;
  /** From 1. */
  readonly place: number;
  readonly of: number;
}
export interface RunWaiting {
  /** The place of a queued run in the queue, from 1. */
  readonly place: number | null;
  readonly items: readonly (SlotWait & { readonly node: string })[];
}

export interface StepCounts {
  readonly total: number;
  readonly succeeded: number;
  readonly reused: number;
  readonly failed: number;
  readonly skipped: number;
  readonly running: number;
  readonly queued: number;
  readonly cancelled: number;
  readonly crashed: number;
}
export interface RunSummary {
  readonly id: string;
  readonly number: number;
  readonly pipelineId: string;
  readonly pipelineName: string;
  readonly revision: number;
  readonly status: Status;
  readonly startedBy: { readonly kind: 'person' | 'token' | 'schedule' | 'trigger' | 'command'; readonly name: string };
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly milliseconds: number | null;
  readonly counts: StepCounts;
  readonly headline: string | null;
  readonly error: StepError | null;
  readonly resumeOf: string | null;
  readonly scheduledFor: string | null;
  /** Runs with a higher one go first; 0 is usual. */
  readonly priority: number;
  /** A queued run's place in the queue, from 1. */
  readonly place: number | null;
}
export interface Step {
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
  readonly reusedFrom: number | null;
  readonly peakBytes: number | null;
  readonly runNumber: number;
  readonly runId: string;
  /** Name of the compute that carries it out. */
  readonly compute: string | null;
  /** When all that it needs was there. */
  readonly readyAt: string | null;
  readonly cpuMilliseconds: number | null;
  readonly rowsIn: number | null;
  readonly rowsOut: number | null;
  /** What it took when it last ran. */
  readonly expectedMilliseconds: number | null;
  readonly waiting: SlotWait | null;
  readonly attemptsAllowed: number;
  /** Nodes of the same run that it waits for. */
  readonly needs: readonly string[];
}
export interface Run extends RunSummary {
  readonly document: PipelineDocument;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly steps: readonly Step[];
  /** As it holds for the whole run. */
  readonly policy: Required<RunPolicy>;
}
export interface LogLine {
  readonly at: string;
  readonly level: 'info' | 'warning' | 'error';
  readonly node: string | null;
  readonly message: string;
}
export interface StartedRun {
  readonly id: string;
  readonly number: number;
  readonly url: string;
}

export type * from './api-connection-types.ts';
export type { TableComparison, TablesDiff } from '#server/assets/table-comparisons.ts';
export type { ColumnComparison, JoinRates, JoinSide, MissingMap } from '#server/executor/messages.ts';
export type * from './api-result-types.ts';

export interface DatasetVersion {
  readonly name: string;
  readonly version: number;
  readonly hash: string;
  readonly schema: TableSchema;
  readonly rowCount: number;
  readonly bytes: number;
  readonly fileName: string;
  readonly notes: readonly string[];
  readonly createdAt: string;
  readonly source: 'upload' | 'sample' | 'run';
  readonly description: string;
  readonly runId: string | null;
  readonly runNumber: number | null;
}
export type { DatasetLineage } from '#server/assets/dataset-lineage.ts';
export type { SampleDataset } from '#server/assets/samples.ts';
export interface Dataset {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly licence: string;
  readonly latest: DatasetVersion;
  readonly versionCount: number;
}
export interface DatasetDetail extends Dataset {
  readonly versions: readonly DatasetVersion[];
}
export interface UploadedFile {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly schema: TableSchema | null;
  readonly notes: readonly string[];
}

export type { ColumnLoss } from '#server/executor/messages.ts';
export type { FilePreview } from '#server/assets/files.ts';
export type { FileParts } from '#server/executor/messages.ts';
export type { ColumnChoice, FileReadOptions };
export interface FileReading {
  readonly options?: FileReadOptions;
  readonly columns?: readonly ColumnChoice[];
}

export type { ModelComparison, ComparedLine } from '#server/models/compare.ts';
export type { ModelUses } from '#server/models/uses.ts';
export type { ModelInspection } from '#server/models/uploads.ts';
export type { ModelDetail, ModelListed, ModelListed as RegisteredModel, ModelVersion } from '#server/models/views.ts';
export type { GraphTensor, ImportedColumn, ImportedMeaning, Meaning } from '#nodes/kit/onnx/imported/types.ts';
export type { ModelTrial } from '#server/db/schema/models.ts';
export interface ModelFilter {
  readonly search?: string;
  readonly task?: string;
  readonly archived?: boolean;
}
export interface ModelTexts {
  readonly description?: string;
  readonly intendedUse?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly archived?: boolean;
}
export type RowCells = Readonly<Record<string, string | number | boolean | null>>;

export type { Deployment, Endpoint, EqualityProof, ServingState, TrafficMinute } from './api-endpoint-types.ts';
export interface EndpointKeys {
  readonly primary: string;
  readonly secondary: string;
}
export interface ScoreAnswer {
  readonly results: readonly Readonly<Record<string, Cell>>[];
  readonly deployment: string;
}

export * from './api-automation-types.ts';
export type SystemFacts = Readonly<Record<string, unknown>>;

/** What something holds on the disk, in bytes; `sharedBytes` is the part that something else holds too. */
export interface StorageUse {
  readonly bytes: number;
  readonly sharedBytes: number;
}
export type StorageKind = 'dataset' | 'file' | 'run' | 'model' | 'deployment' | 'pin';
export interface StorageItem extends StorageUse {
  readonly kind: StorageKind;
  readonly id: string;
  readonly name: string;
}
export interface Storage {
  readonly totalBytes: number;
  readonly freeDiskBytes: number;
  readonly databaseBytes: number;
  readonly walBytes: number;
  /** What a sweep would free. */
  readonly unreferencedBytes: number;
  /** Here `sharedBytes` is what things of other kinds hold too. */
  readonly byKind: readonly (StorageUse & { readonly kind: StorageKind; readonly count: number })[];
  /** The largest first. */
  readonly items: readonly StorageItem[];
}
export interface ComputeLoad {
  /** Slots in use, and steps that wait. */
  readonly used: number;
  readonly waiting: number;
  readonly residentBytes: number;
  /** Of the processors of its slots, from 0 to 1, at the last sample. */
  readonly cpuShare: number;
  readonly running: readonly {
    readonly runId: string;
    readonly runNumber: number;
    readonly pipelineId: string;
    readonly pipelineName: string;
    readonly node: string;
    readonly name: string;
    readonly startedAt: string;
    readonly slots: number;
    readonly residentBytes: number;
    readonly cpuMilliseconds: number;
  }[];
  readonly queue: readonly {
    readonly runId: string;
    readonly runNumber: number;
    readonly pipelineId: string;
    readonly pipelineName: string;
    readonly node: string;
    readonly name: string;
    readonly slots: number;
    /** When all that it needs was there. */
    readonly since: string | null;
    readonly place: number;
  }[];
  /** The last five minutes. */
  readonly samples: readonly {
    readonly at: number;
    readonly used: number;
    readonly waiting: number;
    readonly cpuShare: number;
    readonly residentBytes: number;
  }[];
}
export interface Compute {
  readonly name: string;
  readonly description: string;
  readonly adapter: 'local';
  readonly slots: number;
  readonly threads: number;
  readonly memoryMegabytes: number;
  readonly isDefault: boolean;
  /** Null for the one that is there from the start and was never changed. */
  readonly createdAt: string | null;
  readonly load: ComputeLoad;
  readonly confinement: 'cgroup-v1' | 'cgroup-v2' | 'data-limit' | 'none';
  readonly machine: { readonly cores: number; readonly memoryBytes: number; readonly freeMemoryBytes: number };
}
