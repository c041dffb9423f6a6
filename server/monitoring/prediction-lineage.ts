import { and, asc, eq } from '../db/drizzle.ts';
import { iso } from '../assets/pages.ts';
import { models, modelVersions, pipelines, pipelineVersions, requestLog } from '../db/schema.ts';
import type { ModelDataset } from '../db/schema/models.ts';
import { notFound } from '../errors.ts';
import { originOf, type OriginParts } from '../models/origin.ts';
import type { DeploymentRow, EndpointRecords, EndpointRow } from '../serving/endpoint-records.ts';

/** What one answer came from, each by the address where it is found. */
export interface PredictionLineage {
  readonly requestId: string;
  readonly at: string;
  readonly endpoint: string;
  readonly deployment: {
    readonly name: string;
    /** Of the model that answered; null: the deployment is gone, and with it all that follows. */
    readonly hash: string | null;
  };
  /** The inference pipeline that was deployed, if it was one. */
  readonly inferencePipeline: { readonly id: string; readonly name: string } | null;
  /** Registered versions of the trained model in it. */
  readonly models: readonly { readonly name: string; readonly version: number }[];
  /** The run that trained it, and the node within it. */
  readonly run: { readonly id: string; readonly number: number; readonly node: string } | null;
  /** The training pipeline as it was then. */
  readonly pipeline: { readonly id: string; readonly name: string; readonly versionId: string; readonly revision: number } | null;
  /** Versions of datasets that it learned from. */
  readonly datasets: readonly ModelDataset[];
}

/** From one logged request back to its data. Throws 404 for a request that the log does not hold. */
export function predictionLineage(parts: OriginParts, records: EndpointRecords, endpoint: EndpointRow, requestId: string): PredictionLineage {
  const { db } = parts;
  const logged = db
    .select({ name: requestLog.deployment, at: requestLog.createdAt })
    .from(requestLog)
    .where(and(eq(requestLog.endpointId, endpoint.id), eq(requestLog.requestId, requestId)))
    .limit(1)
    .get();
  if (!logged) throw notFound('logged request of this endpoint', requestId);
  // A deployment may be gone, and its name be another's since.
  const deployment = records.deployments(endpoint.id).find(({ name, createdAt }) => name === logged.name && createdAt <= logged.at);
  return {
    requestId,
    at: iso(logged.at),
    endpoint: endpoint.name,
    ...(deployment
      ? { deployment: { name: deployment.name, hash: deployment.hash }, ...lineageOf(parts, deployment) }
      : { deployment: { name: logged.name, hash: null }, inferencePipeline: null, models: [], run: null, pipeline: null, datasets: [] }),
  };
}

function lineageOf(parts: OriginParts, { workspaceId, modelHash, runId, pipelineId }: DeploymentRow) {
  const { db } = parts;
  const versions =
    modelHash === null
      ? []
      : db
          .select({ name: models.name, of: modelVersions })
          .from(modelVersions)
          .innerJoin(models, eq(models.id, modelVersions.modelId))
          .where(and(eq(modelVersions.workspaceId, workspaceId), eq(modelVersions.hash, modelHash)))
          .orderBy(asc(models.name), asc(modelVersions.version))
          .all();
  const origin = modelHash === null ? undefined : originOf(parts, workspaceId, modelHash, runId);
  // Of a deleted run the registry still knows the data.
  const registered = versions[0]?.of;
  const versionId = origin?.pipelineVersionId ?? registered?.pipelineVersionId ?? null;
  const version =
    versionId === null
      ? undefined
      : db
          .select({ id: pipelines.id, name: pipelines.name, versionId: pipelineVersions.id, revision: pipelineVersions.revision })
          .from(pipelineVersions)
          .innerJoin(pipelines, eq(pipelines.id, pipelineVersions.pipelineId))
          .where(eq(pipelineVersions.id, versionId))
          .get();
  const deployed = pipelineId === null ? undefined : db.select().from(pipelines).where(eq(pipelines.id, pipelineId)).get();
  return {
    inferencePipeline: deployed?.kind === 'inference' ? { id: deployed.id, name: deployed.name } : null,
    models: versions.map(({ name, of }) => ({ name, version: of.version })),
    run: origin ? { id: origin.runId, number: origin.runNumber, node: origin.node } : null,
    pipeline: version ?? null,
    datasets: origin?.datasets ?? registered?.datasets ?? [],
  };
}
