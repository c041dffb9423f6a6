import type { ModelSummary } from '#nodes/kit/reports.ts';
import type { Signature } from '#nodes/kit/signature.ts';
import { iso } from '../assets/pages.ts';
import type { modelVersions } from '../db/schema.ts';
import type { ModelChecks, ModelDataset, ModelEvaluation, ModelTags } from '../db/schema/models.ts';

export interface ModelVersion {
  readonly version: number;
  readonly aliases: readonly string[];
  readonly description: string;
  readonly tags: ModelTags;
  readonly archived: boolean;
  readonly hash: string;
  readonly bytes: number;
  readonly task: string;
  readonly learner: string;
  readonly signature: Signature;
  readonly summary: ModelSummary;
  readonly headline: string | null;
  readonly evaluations: readonly ModelEvaluation[];
  /** Versions of datasets that it learned from. */
  readonly datasets: readonly ModelDataset[];
  readonly source: 'run' | 'upload';
  readonly fileName: string;
  readonly checks: ModelChecks | null;
  readonly node: string | null;
  readonly pipelineId: string | null;
  readonly pipelineVersionId: string | null;
  readonly pipelineName: string;
  readonly runId: string | null;
  readonly runNumber: number | null;
  readonly createdAt: string;
}
export interface ModelDetail {
  readonly name: string;
  readonly description: string;
  readonly intendedUse: string;
  readonly tags: ModelTags;
  readonly archived: boolean;
  readonly createdAt: string;
  /** The newest first. */
  readonly versions: readonly ModelVersion[];
}
export interface ModelListed {
  readonly name: string;
  readonly description: string;
  readonly tags: ModelTags;
  readonly archived: boolean;
  readonly versionCount: number;
  readonly aliases: readonly { readonly alias: string; readonly version: number }[];
  readonly latest: {
    readonly version: number;
    readonly hash: string;
    readonly task: string;
    readonly learner: string;
    readonly title: string;
    readonly runNumber: number | null;
    readonly createdAt: string;
    readonly headline: string | null;
    readonly source: 'run' | 'upload';
  };
}

export function versionView(row: typeof modelVersions.$inferSelect, aliases: readonly string[]): ModelVersion {
  const { id: _id, workspaceId: _workspaceId, modelId: _modelId, archivedAt, createdAt, ...known } = row;
  return { ...known, aliases, archived: archivedAt !== null, createdAt: iso(createdAt) };
}
