import type { PipelineDocument } from '#pipelines/document.ts';
import { finishedRun, type Client } from './client.ts';

export interface DeployedTable {
  readonly endpoint: string;
  readonly key: string;
  readonly pipelineId: string;
  /** The inference pipeline. */
  readonly inferenceId: string;
  /** sha256 of the trained model. */
  readonly model: string;
}

const node = (id: string, type: string, params: Record<string, unknown>): PipelineDocument['nodes'][number] => ({
  id,
  type,
  version: 1,
  name: '',
  comment: '',
  params,
});
const edge = (from: string, port: string, to: string, into: string) => ({ from: { node: from, port }, to: { node: to, port: into } });

/** Stores a CSV as a dataset, trains on its column `label`, and deploys the model; dataset and endpoint have the same name. */
export async function deployTable(
  client: Client,
  endpoint: string,
  csv: string,
  { label, learner }: { label: string; learner: string },
): Promise<DeployedTable> {
  const stored = await client.request(`/datasets/${endpoint}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream', 'x-file-name': 'rows.csv' },
    body: csv,
  });
  if (stored.status !== 201) throw new Error(`The rows were not stored: ${await stored.text()}`);
  const document: PipelineDocument = {
    formatVersion: 1,
    name: endpoint,
    description: '',
    kind: 'training',
    parameters: [],
    nodes: [node('data', 'dataset', { dataset: { name: endpoint, version: null } }), node('learner', learner, {}), node('train', 'train-model', { label })],
    edges: [edge('data', 'data', 'train', 'data'), edge('learner', 'learner', 'train', 'learner')],
    notes: [],
    layout: {},
  };
  const { id: pipelineId } = await client.post<{ id: string }>('/pipelines', { document });
  const run = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${pipelineId}/runs`, {})).id);
  const trained = run.steps.find((step) => step.node === 'train');
  if (run.status !== 'succeeded' || !trained) throw new Error(`The run ${run.status}: ${run.steps.find((step) => step.error)?.error?.message}`);
  const { id: inferenceId } = await client.post<{ id: string }>(`/pipelines/${pipelineId}/inference`, { model: 'train' });
  await client.post(`/pipelines/${inferenceId}/deploy`, { endpoint });
  const { primary: key } = await client.get<{ primary: string }>(`/endpoints/${endpoint}/key`);
  return { endpoint, key, pipelineId, inferenceId, model: trained.outputs.find((output) => output.kind === 'model')!.hash };
}
