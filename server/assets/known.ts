import { and, desc, eq } from 'drizzle-orm';
import type { Assets } from '#nodes/kit/define.ts';
import type { Database } from '../db/client.ts';
import { datasets, datasetVersions, files } from '../db/schema.ts';

/** Schemas of the workspace's datasets and files, for checks that happen without data. */
export function knownAssets(db: Database, workspaceId: string): Assets {
  return {
    dataset: (name, version) =>
      db
        .select({ schema: datasetVersions.schema })
        .from(datasetVersions)
        .innerJoin(datasets, eq(datasets.id, datasetVersions.datasetId))
        .where(and(eq(datasets.workspaceId, workspaceId), eq(datasets.name, name), version === null ? undefined : eq(datasetVersions.version, version)))
        .orderBy(desc(datasetVersions.version))
        .limit(1)
        .get()?.schema,
    file: (id) => db.select({ schema: files.schema }).from(files).where(and(eq(files.workspaceId, workspaceId), eq(files.id, id))).get()?.schema ?? undefined,
  };
}
