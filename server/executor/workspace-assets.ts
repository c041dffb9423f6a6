import type { Assets, Catalog } from '#nodes/kit/define.ts';
import { problem } from '#nodes/kit/issues.ts';
import { OPEN_TABLE, type TableSchema } from '#nodes/kit/table.ts';
import type { Database } from '#server/db/client.ts';
import type { PinnedAssets, PinnedConnection } from '#server/db/schema.ts';
import type { PlacedIssue } from '#pipelines/check.ts';
import type { PlannedStep } from '#pipelines/plan.ts';
import { findKind } from '#server/connections/kinds.ts';
import type { NodePin } from '#pipelines/document.ts';
import { GivenResults } from './given-results.ts';
import { KeptResults } from './kept-results.ts';
import { datasetKey } from './step-key.ts';

/** For which run something is pinned. */
export interface PinRequest {
  readonly workspaceId: string;
  readonly pipelineId: string;
  /** Nothing is to be taken over from earlier runs. */
  readonly force: boolean;
}

/** Looks up the datasets and files of a workspace. */
export class WorkspaceAssets {
  readonly #dataset;
  readonly #file;
  readonly #connection;
  readonly #kept;
  readonly #given;

  constructor(db: Database) {
    const { $client } = db;
    this.#dataset = $client.prepare<{ workspace: string; name: string; version: number | null }, { hash: string; schema: string }>(
      `SELECT v.hash, v.schema FROM dataset_versions v JOIN datasets d ON d.id = v.dataset_id
       WHERE d.workspace_id = @workspace AND d.name = @name AND (@version IS NULL OR v.version = @version) ORDER BY v.version DESC LIMIT 1`,
    );
    this.#file = $client.prepare<[string, string], { hash: string; name: string; schema: string | null }>(
      'SELECT hash, name, schema FROM files WHERE workspace_id = ? AND id = ?',
    );
    this.#connection = $client.prepare<[string, string], PinnedConnection & { kind: string }>(
      'SELECT id, revision, kind FROM connections WHERE workspace_id = ? AND name = ?',
    );
    this.#kept = new KeptResults(db);
    this.#given = new GivenResults(db);
  }

  /** Schemas for `propagate` and `check`; the same object answers the same way only as long as nothing is uploaded, so ask anew each time. */
  schemas(workspace: string): Assets {
    return {
      dataset: (name, version) => {
        const row = this.#dataset.get({ workspace, name, version });
        return row && (JSON.parse(row.schema) as TableSchema);
      },
      file: (id) => {
        const row = this.#file.get(workspace, id);
        // A file that no one could look into may yet be read with other options.
        return row && (row.schema ? (JSON.parse(row.schema) as TableSchema) : OPEN_TABLE);
      },
      connection: (name) => {
        const row = this.#connection.get(workspace, name);
        return (row && findKind(row.kind)) ?? null;
      },
      model: (name, version) => this.#given.spec(workspace, name, version),
    };
  }

  /** Fixes which content a run reads, and names what is absent. */
  pin(request: PinRequest, steps: readonly PlannedStep[], catalog: Catalog): { pinned: PinnedAssets; issues: PlacedIssue[] } {
    const workspace = request.workspaceId;
    const connections: Record<string, PinnedConnection> = {};
    const kept: Record<string, string> = {};
    const given: Record<string, NodePin> = {};
    const datasets: Record<string, string> = {};
    const files: Record<string, { hash: string; name: string }> = {};
    const issues: PlacedIssue[] = [];
    for (const step of steps) {
      const { node, type, params } = step;
      const definition = catalog[type];
      const use = definition?.assets?.(params) ?? {};
      for (const { name, version } of use.datasets ?? []) {
        const row = this.#dataset.get({ workspace, name, version });
        if (row) datasets[datasetKey(name, version)] = row.hash;
        else
          issues.push({
            ...problem('data_missing', `There is no ${version === null ? '' : `version ${version} of the `}dataset "${name}". Upload it, or choose another.`),
            node,
          });
      }
      for (const id of use.files ?? []) {
        const row = this.#file.get(workspace, id);
        if (row) files[id] = { hash: row.hash, name: row.name };
        else issues.push({ ...problem('data_missing', 'The chosen file is gone. Upload it again.'), node });
      }
      for (const name of use.connections ?? []) {
        const row = this.#connection.get(workspace, name);
        if (row) connections[name] = { id: row.id, revision: row.revision };
        else issues.push({ ...problem('connection_missing', `There is no connection "${name}". Make it, or choose another.`, { param: 'connection' }), node });
      }
      const found = step.pin ? undefined : this.#given.find(request, use, definition);
      if (found && 'code' in found) issues.push({ ...found, node });
      else if (found) given[node] = found;
      if (definition && use.keeps && !(request.force && step.needed)) {
        const own = Object.fromEntries((use.connections ?? []).flatMap((name) => (connections[name] ? [[name, connections[name]]] : [])));
        const hash = this.#kept.find(request, step, use.keeps, { definition, connections: own });
        if (hash !== null) kept[node] = hash;
      }
    }
    return { pinned: { datasets, files, connections, kept, given }, issues };
  }
}
