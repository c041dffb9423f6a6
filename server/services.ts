import type { Logger } from 'pino';
import type { Catalog } from '#nodes/kit/define.ts';
import type { Artifacts } from './assets/artifacts.ts';
import type { DatasetVersions } from './assets/dataset-versions.ts';
import type { Datasets } from './assets/datasets.ts';
import type { Files } from './assets/files.ts';
import type { Models } from './assets/models.ts';
import type { PipelineRooms } from './assets/pipeline-rooms.ts';
import type { PipelineVersions } from './assets/pipeline-versions.ts';
import type { Pipelines } from './assets/pipelines.ts';
import type { ResumableUploads } from './assets/resumable-uploads.ts';
import type { Samples } from './assets/samples.ts';
import type { Storage } from './assets/storage.ts';
import type { Access } from './auth/access.ts';
import type { Computes } from './compute/computes.ts';
import type { LoadHistory } from './compute/load-history.ts';
import type { Connections } from './connections/connections.ts';
import type { Database } from './db/client.ts';
import type { Environment } from './env.ts';
import type { QueryChecks } from './executor/query-checks.ts';
import type { Runs } from './executor/runs.ts';
import type { StepPool } from './executor/step-pool.ts';
import type { WorkspaceAssets } from './executor/workspace-assets.ts';
import type { Clock } from './scheduler/clock.ts';
import type { Schedules } from './scheduler/schedules.ts';
import type { Scheduler } from './scheduler/scheduler.ts';
import type { Triggers } from './scheduler/triggers.ts';
import type { Deployments } from './serving/deployments.ts';
import type { Disk } from './store/disk.ts';
import type { Store } from './store/store.ts';

/** All that routes may use; made once, in main.ts. */
export interface Services {
  readonly environment: Environment;
  readonly version: string;
  readonly log: Logger;
  readonly clock: Clock;
  readonly catalog: Catalog;
  readonly database: Database;
  readonly store: Store;
  readonly disk: Disk;
  readonly storage: Storage;
  readonly pool: StepPool;
  readonly computes: Computes;
  readonly connections: Connections;
  readonly loadHistory: LoadHistory;
  readonly access: Access;
  readonly workspaceAssets: WorkspaceAssets;
  readonly pipelines: Pipelines;
  readonly pipelineVersions: PipelineVersions;
  readonly rooms: PipelineRooms;
  readonly samples: Samples;
  readonly runs: Runs;
  readonly queries: QueryChecks;
  readonly artifacts: Artifacts;
  readonly datasets: Datasets;
  readonly datasetVersions: DatasetVersions;
  readonly files: Files;
  readonly resumableUploads: ResumableUploads;
  readonly models: Models;
  readonly deployments: Deployments;
  readonly schedules: Schedules;
  readonly scheduler: Scheduler;
  readonly triggers: Triggers;
  /** Where uploads land first; on the store's file system. */
  readonly uploadFolder: string;
  /** Whether everything is up. */
  readonly ready: () => boolean;
}
