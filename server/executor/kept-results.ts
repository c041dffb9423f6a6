import type { AnyNode, AssetUse } from '#nodes/kit/define.ts';
import { deepEqual } from '#pipelines/equal.ts';
import type { PlannedStep } from '#pipelines/plan.ts';
import type { StepParts } from '#pipelines/signature.ts';
import { targetOf } from '#server/connections/revision.ts';
import type { Database } from '#server/db/client.ts';
import type { PinnedAssets } from '#server/db/schema.ts';
import { connectionKey, KEPT } from './step-key.ts';

interface Newest {
  readonly canonical: string | null;
  readonly hash: string;
}

/** What steps that add to their own earlier result begin with. */
export class KeptResults {
  readonly #newest;
  readonly #exists;

  constructor({ $client }: Database) {
    this.#newest = $client.prepare<{ pipeline: string; node: string; port: string }, Newest>(
      `SELECT o.hash, (SELECT c.canonical FROM steps c WHERE c.workspace_id = s.workspace_id AND c.key = s.key AND c.canonical IS NOT NULL LIMIT 1) AS canonical
       FROM steps s JOIN step_outputs o ON o.step_id = s.id AND o.port = @port
       WHERE s.pipeline_id = @pipeline AND s.node = @node AND s.status IN ('succeeded', 'reused') ORDER BY s.run_number DESC LIMIT 1`,
    );
    this.#exists = $client.prepare<[string, string], number>('SELECT 1 FROM artifacts WHERE workspace_id = ? AND hash = ?').pluck();
  }

  /**
   * The artifact that a step begins with, or null to begin anew: what the node's last good step gave, provided that it had the same parameters
   * and read from the same place. A step that is to keep its result gets what that step itself began with, so that its key is the same.
   */
  find(
    request: { workspaceId: string; pipelineId: string },
    { node, type, version, params }: PlannedStep,
    keeps: NonNullable<AssetUse['keeps']>,
    { definition, connections }: { definition: AnyNode; connections: NonNullable<PinnedAssets['connections']> },
  ): string | null {
    const newest = this.#newest.get({ pipeline: request.pipelineId, node, port: keeps.port });
    if (!newest || newest.canonical === null) return null;
    const parts = JSON.parse(newest.canonical) as StepParts;
    const regardless = (all: Readonly<Record<string, unknown>>): object =>
      Object.fromEntries(Object.entries(all).filter(([name]) => !keeps.regardlessOf.includes(name)));
    const samePlace = Object.entries(connections).every(([name, { revision }]) => targetOf(parts.assets[connectionKey(name)] ?? '') === targetOf(revision));
    if (parts.type !== type || parts.version !== version || !samePlace || !deepEqual(regardless(parts.params), regardless(params))) return null;
    const began = parts.assets[KEPT];
    if (definition.alwaysRuns?.(params) !== true && deepEqual(parts.params, params) && (began === undefined || this.#isThere(request.workspaceId, began)))
      return began ?? null;
    return this.#isThere(request.workspaceId, newest.hash) ? newest.hash : null;
  }

  #isThere(workspaceId: string, hash: string): boolean {
    return this.#exists.get(workspaceId, hash) === 1;
  }
}
