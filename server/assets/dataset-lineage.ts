import type { Catalog } from '#nodes/kit/define.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import type { Status } from '#pipelines/events.ts';
import type { Database } from '../db/client.ts';
import { datasetKey } from '../executor/step-key.ts';
import { iso } from './pages.ts';
import type { DatasetVersion } from './datasets.ts';

export interface LineageRun {
  readonly id: string;
  readonly number: number;
  readonly pipelineId: string;
  readonly pipelineName: string;
  readonly status: Status;
  readonly createdAt: string;
}
export interface LineagePipeline {
  readonly id: string;
  readonly name: string;
  /** The version that it names, or null for always the latest. */
  readonly version: number | null;
}
/** Where a version of a dataset comes from, and what reads it. */
export interface DatasetLineage {
  readonly source: DatasetVersion['source'];
  readonly fileName: string;
  /** The run that made it. Null when no run did; of a deleted run only the number is left. */
  readonly madeBy: { readonly number: number; readonly run: LineageRun | null } | null;
  /** Runs that read this version, the newest first, 100 at most. */
  readonly runs: readonly LineageRun[];
  /** More runs than these read it, or may have: of a long history the newest 20,000 runs are looked through. */
  readonly moreRuns: boolean;
  /** Pipelines that name it now, 100 at most. */
  readonly pipelines: readonly LineagePipeline[];
}

export interface VersionPlace {
  readonly workspaceId: string;
  readonly name: string;
  readonly version: number;
  readonly hash: string;
}

const MOST = 100;
const NEWEST = 20_000;
const RUN = `r.id, r.number, r.pipeline_id AS pipelineId, r.pipeline_name AS pipelineName, r.status, r.created_at AS createdAt`;
type RunRow = Omit<LineageRun, 'createdAt'> & { readonly createdAt: number };
const runView = ({ createdAt, ...run }: RunRow): LineageRun => ({ ...run, createdAt: iso(createdAt) });

/** Runs that read a version, by its number or as the latest of their time; the newest first, none numbered `from` or less. */
export function runsReading(
  { $client }: Database,
  { workspaceId, name, version, hash }: VersionPlace,
  { underWay, most, from = 0 }: { underWay: boolean; most: number; from?: number },
) {
  const wanted = { workspaceId, hash, exact: datasetKey(name, version), latest: datasetKey(name, null), most, from };
  return $client
    .prepare<[typeof wanted], RunRow>(
      `SELECT ${RUN} FROM runs r WHERE r.workspace_id = @workspaceId AND r.number > @from AND instr(r.assets, @hash) > 0 ${underWay ? `AND r.status IN ('queued', 'running', 'cancelling')` : ''}
         AND EXISTS (SELECT 1 FROM json_each(r.assets, '$.datasets') used WHERE used.value = @hash AND used.key IN (@exact, @latest))
       ORDER BY r.number DESC LIMIT @most`,
    )
    .all(wanted)
    .map(runView);
}

/** Where a version comes from and what reads it. */
export function lineageOf(db: Database, catalog: Catalog, workspaceId: string, found: DatasetVersion, isLatest: boolean): DatasetLineage {
  const { name, version, hash, runId, runNumber } = found;
  const maker = runId === null ? undefined : db.$client.prepare<[string], RunRow>(`SELECT ${RUN} FROM runs r WHERE r.id = ?`).get(runId);
  const pipelines: LineagePipeline[] = [];
  const ids = db.$client
    .prepare<[string, string], string>(`SELECT id FROM pipelines WHERE workspace_id = ? AND instr(document, ?) > 0 ORDER BY name, id`)
    .pluck()
    .all(workspaceId, JSON.stringify(name));
  const documentOf = db.$client.prepare<[string], string>('SELECT document FROM pipelines WHERE id = ?').pluck();
  for (const id of ids) {
    const read = JSON.parse(documentOf.get(id)!) as PipelineDocument;
    const used = datasetsOf(read, catalog).find((use) => use.name === name && (use.version === version || (use.version === null && isLatest)));
    if (used) pipelines.push({ id, name: read.name, version: used.version });
    if (pipelines.length === MOST) break;
  }
  const newest = db.$client.prepare<[string], number | null>('SELECT max(number) FROM runs WHERE workspace_id = ?').pluck().get(workspaceId) ?? 0;
  const from = Math.max(0, newest - NEWEST);
  const runs = runsReading(db, { workspaceId, name, version, hash }, { underWay: false, most: MOST + 1, from });
  return {
    source: found.source,
    fileName: found.fileName,
    madeBy: runNumber === null ? null : { number: runNumber, run: maker ? runView(maker) : null },
    runs: runs.slice(0, MOST),
    moreRuns: runs.length > MOST || from > 0,
    pipelines,
  };
}

/** What the nodes of a document read; a node whose parameters are not valid reads nothing. */
function datasetsOf({ nodes }: PipelineDocument, catalog: Catalog) {
  return nodes.flatMap((node) => {
    const definition = catalog[node.type];
    const params = definition?.params.safeParse(node.params);
    return params?.success ? (definition!.assets?.(params.data).datasets ?? []) : [];
  });
}
