import type { TaskName, Tasks } from '../messages.ts';
import { takeBaseline } from './baseline.ts';
import { fingerprintConnection, listConnection, testConnection } from './connection.ts';
import { compareColumns } from './compare-columns.ts';
import { correlation, pairs } from './correlation.ts';
import { describeQuery } from './describe-query.ts';
import { diff } from './diff.ts';
import { fuseStages } from './fuse.ts';
import { importModel } from './import-model.ts';
import { fileParts, ingest, preview, sniff } from './ingest.ts';
import { materialise } from './materialise.ts';
import { joinRates } from './join-rates.ts';
import { taskLimits, type TaskLimits, type TaskProcess } from './limits.ts';
import { missingMap } from './missing-map.ts';
import { plainColumns } from './plain-columns.ts';
import { profile } from './profile.ts';
import { rows } from './rows.ts';

const TASKS: { readonly [N in TaskName]: (args: Tasks[N]['args'], limits: TaskLimits) => Promise<Tasks[N]['result']> } = {
  ingest,
  sniff,
  preview,
  fileParts,
  materialise,
  rows,
  profile,
  diff,
  correlation,
  pairs,
  testConnection,
  listConnection,
  fingerprintConnection,
  describeQuery,
  joinRates,
  missingMap,
  compareColumns,
  fuse: fuseStages,
  importModel,
  baseline: takeBaseline,
  plainColumns,
};

/** Carries out a task by its name; throws what `failureOf` classifies. */
export function runTask<N extends TaskName>(
  task: N,
  args: Tasks[N]['args'],
  signal: AbortSignal,
  kept?: TaskProcess,
  memoryBytes?: number,
): Promise<Tasks[N]['result']> {
  return TASKS[task](args, taskLimits(signal, kept, memoryBytes));
}
