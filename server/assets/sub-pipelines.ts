import type { Database } from '../db/client.ts';
import { iso } from './pages.ts';

/** A part for other pipelines, in its newest named version: the one that they take. */
export interface SubPipeline {
  /** Id of the pipeline that holds it. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly latest: {
    readonly id: string;
    readonly name: string;
    readonly description: string;
    readonly by: string;
    readonly at: string;
    readonly nodeCount: number;
  };
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly versionId: string;
  readonly versionName: string;
  readonly versionDescription: string;
  readonly by: string | null;
  readonly at: number;
  readonly nodeCount: number;
}

/** The sub-pipelines of a workspace by name; one of which no version has a name yet is not offered to anyone. */
export const listSubPipelines = (db: Database, workspaceId: string): SubPipeline[] =>
  db.$client
    .prepare<[string], Row>(
      `SELECT p.id, p.name, p.description, v.id AS versionId, v.name AS versionName, v.description AS versionDescription, v.named_by AS by, v.named_at AS at,
              json_array_length(v.document, '$.nodes') AS nodeCount
       FROM pipelines p JOIN pipeline_versions v ON v.id = (
         SELECT id FROM pipeline_versions WHERE pipeline_id = p.id AND name IS NOT NULL ORDER BY named_at DESC, id DESC LIMIT 1)
       WHERE p.workspace_id = ? AND p.kind = 'sub-pipeline' ORDER BY p.name COLLATE NOCASE, p.id LIMIT 1000`,
    )
    .all(workspaceId)
    .map(({ id, name, description, ...version }) => ({
      id,
      name,
      description,
      latest: {
        id: version.versionId,
        name: version.versionName,
        description: version.versionDescription,
        by: version.by ?? '',
        at: iso(version.at),
        nodeCount: version.nodeCount,
      },
    }));
