import type { SignatureInput, SignatureOutput } from '#nodes/kit/signature.ts';
import type { EqualityProof } from '../executor/messages.ts';
import { iso, pageOf, decodeCursor, type Page, type PageQuery } from '../assets/pages.ts';
import type { Deployments } from './deployments.ts';
import type { DeploymentRow, EndpointRow } from './endpoint-records.ts';
import { DEPLOYMENT_DEFAULTS, type DeploymentSettings, type EndpointSettings } from './endpoint-settings.ts';
import type { TrafficFigures } from './traffic.ts';
import type { TrafficPoint } from './traffic-book.ts';

export interface DeploymentView {
  readonly name: string;
  readonly state: DeploymentRow['state'];
  readonly error: string | null;
  readonly mode: DeploymentRow['mode'];
  readonly hash: string;
  readonly bytes: number;
  readonly weight: number;
  readonly settings: DeploymentSettings;
  readonly createdAt: string;
  readonly task: string;
  readonly learner: string;
  readonly proof: EqualityProof;
  readonly pipelineId: string | null;
  readonly runId: string | null;
  readonly runNumber: number | null;
  readonly modelName: string | null;
  readonly modelVersion: number | null;
  /** Processes that hold the model now. */
  readonly processes: number;
  readonly pending: number;
  /** Of the last hour. */
  readonly traffic: TrafficFigures;
}
export interface EndpointView {
  readonly name: string;
  readonly state: EndpointRow['state'] | 'paused';
  readonly error: string | null;
  readonly url: string;
  readonly createdAt: string;
  /** Newest first. */
  readonly deployments: readonly DeploymentView[];
  /** The deployment that a rollback would go to. */
  readonly rollbackTo: string | null;
  readonly settings: EndpointSettings;
  readonly input: readonly SignatureInput[];
  readonly output: readonly SignatureOutput[];
  readonly sample: Readonly<Record<string, string | number | boolean | null>>;
  /** Rows of the data that the model was proved on. */
  readonly samples: readonly Readonly<Record<string, string | number | boolean | null>>[];
  /** Of the last hour, all deployments that answer together. */
  readonly traffic: TrafficFigures & { readonly perMinute: readonly TrafficPoint[] };
}

export const scoreUrl = (name: string): string => `/api/v1/endpoints/${name}/score`;

export function endpointView(deployments: Deployments, row: EndpointRow): EndpointView {
  const rows = deployments.deploymentsOf(row);
  const settings = deployments.settings(row);
  const active = mostTraffic(rows);
  const live = new Map(deployments.live.get(row.id)?.deployments.map((each) => [each.row.id, each]));
  return {
    name: row.name,
    state: settings.paused ? 'paused' : row.state,
    error: row.error,
    url: scoreUrl(row.name),
    createdAt: iso(row.createdAt),
    deployments: rows.map((each) => {
      const { name, state, error, mode, hash, bytes, weight, createdAt, task, learner, proof, pipelineId, runId, runNumber, modelName, modelVersion } = each;
      const { perMinute: _, ...traffic } = deployments.traffic.lastHour([each]);
      return {
        name,
        state,
        error,
        mode,
        hash,
        bytes,
        weight,
        settings: { ...DEPLOYMENT_DEFAULTS, ...each.settings },
        createdAt: iso(createdAt),
        task,
        learner,
        proof,
        pipelineId,
        runId,
        runNumber,
        modelName,
        modelVersion,
        processes: live.get(each.id)?.pids.length ?? 0,
        pending: live.get(each.id)?.pending ?? 0,
        traffic,
      };
    }),
    rollbackTo: deployments.records.lastGood(row.id)?.name ?? null,
    settings,
    input: active?.signature.inputs ?? [],
    output: active?.signature.outputs ?? [],
    sample: active?.sample[0] ?? {},
    samples: active?.sample ?? [],
    traffic: deployments.traffic.lastHour(rows.filter((each) => each.mode === 'live')),
  };
}

/** The deployment that speaks for an endpoint: the one with the most traffic, else the newest. */
export const mostTraffic = (rows: readonly DeploymentRow[]): DeploymentRow | undefined => rows.toSorted((a, b) => b.weight - a.weight)[0];

export function endpointPage(deployments: Deployments, workspaceId: string, { limit = 50, cursor }: PageQuery): Page<EndpointView> {
  const rows = deployments.records.list(workspaceId, limit + 1, cursor === undefined ? undefined : decodeCursor(cursor).id);
  return pageOf(
    rows,
    limit,
    (row) => endpointView(deployments, row),
    (row) => ({ at: 0, id: row.name }),
  );
}
