import type { SignatureInput, SignatureOutput } from '#nodes/kit/signature.ts';
import type { EqualityProof } from '../executor/messages.ts';
import { iso, pageOf, decodeCursor, type Page, type PageQuery } from '../assets/pages.ts';
import type { Deployments } from './deployments.ts';
import type { DeploymentRow, EndpointRow } from './endpoint-records.ts';
import type { TrafficSummary } from './traffic.ts';

export interface DeploymentView {
  readonly name: string;
  readonly state: DeploymentRow['state'];
  readonly error: string | null;
  readonly hash: string;
  readonly bytes: number;
  readonly weight: number;
  readonly createdAt: string;
  readonly task: string;
  readonly learner: string;
  readonly proof: EqualityProof;
  readonly pipelineId: string | null;
  readonly runId: string | null;
  readonly runNumber: number | null;
}
export interface EndpointView {
  readonly name: string;
  readonly state: EndpointRow['state'];
  readonly error: string | null;
  readonly url: string;
  readonly createdAt: string;
  readonly deployments: readonly DeploymentView[];
  readonly input: readonly SignatureInput[];
  readonly output: readonly SignatureOutput[];
  readonly sample: Readonly<Record<string, string | number | boolean | null>>;
  readonly traffic: TrafficSummary;
}

export const scoreUrl = (name: string): string => `/api/v1/endpoints/${name}/score`;

export function endpointView(deployments: Deployments, row: EndpointRow): EndpointView {
  const rows = deployments.records.deployments(row.id);
  const active = rows.find((each) => each.weight > 0) ?? rows[0];
  return {
    name: row.name,
    state: row.state,
    error: row.error,
    url: scoreUrl(row.name),
    createdAt: iso(row.createdAt),
    deployments: rows.map(({ name, state, error, hash, bytes, weight, createdAt, task, learner, proof, pipelineId, runId, runNumber }) => ({
      name,
      state,
      error,
      hash,
      bytes,
      weight,
      createdAt: iso(createdAt),
      task,
      learner,
      proof,
      pipelineId,
      runId,
      runNumber,
    })),
    input: active?.signature.inputs ?? [],
    output: active?.signature.outputs ?? [],
    sample: active?.sample[0] ?? {},
    traffic: deployments.traffic(row.id),
  };
}

export function endpointPage(deployments: Deployments, workspaceId: string, { limit = 50, cursor }: PageQuery): Page<EndpointView> {
  const rows = deployments.records.list(workspaceId, limit + 1, cursor === undefined ? undefined : decodeCursor(cursor).id);
  return pageOf(
    rows,
    limit,
    (row) => endpointView(deployments, row),
    (row) => ({ at: 0, id: row.name }),
  );
}
