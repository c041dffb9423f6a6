export type { ModelComparison, ComparedLine } from '#server/models/compare.ts';
export type { ModelUses } from '#server/models/uses.ts';
export type { ModelInspection } from '#server/models/uploads.ts';
export type { ModelDetail, ModelListed as RegisteredModel, ModelVersion } from '#server/models/views.ts';
export type { GraphTensor, ImportedColumn, ImportedMeaning, Meaning } from '#nodes/kit/onnx/imported/types.ts';
export type { ModelTrial } from '#server/db/schema/models.ts';

export interface ModelFilter {
  readonly search?: string;
  readonly task?: string;
  readonly archived?: boolean;
}
export interface ModelTexts {
  readonly description?: string;
  readonly intendedUse?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly archived?: boolean;
}
export type RowCells = Readonly<Record<string, string | number | boolean | null>>;
