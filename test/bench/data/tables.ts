import { systemClock } from '#server/scheduler/clock.ts';
import { Datasets } from '#server/assets/datasets.ts';
import type { ArtifactFile } from '#server/executor/messages.ts';
import type { DocumentEdge, DocumentNode, PipelineDocument } from '#pipelines/document.ts';
import type { TestServer } from '../../executor/harness.ts';

/** Puts a file into the workspace as a dataset, as an upload does. */
export async function addDataset({ db, store, pool, workspaceId }: TestServer, name: string, path: string): Promise<ArtifactFile> {
  const datasets = new Datasets({ db, store, pool, clock: systemClock });
  const { hash, bytes, schema, rowCount } = await datasets.ingest(workspaceId, name, { path, fileName: path.split('/').at(-1)! }, 'upload');
  return { hash, bytes, path: (await store.open(hash)).path, meta: { kind: 'table', schema, rowCount } };
}

type Placed = readonly [id: string, type: string, params: Record<string, unknown>];

/** A pipeline of these nodes and wires. */
export function pipelineOf(name: string, placed: readonly Placed[], edges: readonly DocumentEdge[]): PipelineDocument {
  const nodes = placed.map(([id, type, params]): DocumentNode => ({ id, type, version: 1, name: '', comment: '', params }));
  return { formatVersion: 1, name, description: '', kind: 'training', parameters: [], nodes, edges: [...edges], notes: [], layout: {} };
}

/** From a node's port `data` to a port of another. */
export const wire = (from: string, to: string, port = 'data'): DocumentEdge => ({ from: { node: from, port: 'data' }, to: { node: to, port } });
