import { z } from '@hono/zod-openapi';
import type { DataPath } from '../pipeline-endpoints/data-paths.ts';
import { parameterValues } from './router.ts';
import { datasetAssignments } from './schedule-bodies.ts';

const text = z.string().max(1_000);
const freeForm = z.record(z.string(), z.unknown());

/** What callers of Azure's published pipelines send. What only describes a run there is taken and means nothing here. */
const azure = {
  ExperimentName: text.optional(),
  DisplayName: text.optional(),
  Description: text.optional(),
  Tags: freeForm.nullable().optional(),
  Properties: freeForm.nullable().optional(),
  RunSource: text.optional(),
  ParentRunId: text.nullable().optional(),
  continueOnStepFailure: z.boolean().nullable().optional(),
  ParameterAssignments: parameterValues.nullable().optional(),
  DataSetDefinitionValueAssignments: z
    .record(z.string().min(1).max(100), z.object({ SavedDataSetReference: z.object({ Id: z.string().min(1).max(120) }) }))
    .nullable()
    .optional(),
  DataPathAssignments: z
    .record(z.string().min(1).max(100), z.object({ DataStoreName: text.nullable().optional(), RelativePath: z.string().max(4_000) }))
    .nullable()
    .optional(),
  PipelineVersion: z
    .union([z.int(), z.string().regex(/^\d{1,9}$/)])
    .nullable()
    .optional(),
};

/** Inputs of a run: our own words, or Azure's. Nothing that defines what runs. */
export const callBody = z
  .strictObject({
    parameters: parameterValues.optional(),
    datasets: datasetAssignments.optional(),
    version: z.int().min(1).optional().openapi({ description: 'A published version; by default the default one.' }),
    ...azure,
  })
  .openapi('PipelineEndpointCall');

export interface CallInputs {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly dataPaths: Readonly<Record<string, DataPath>>;
  readonly version: number | null;
  /** Whether the caller speaks Azure's words, and is answered in them. */
  readonly azure: boolean;
}

export function readCall(body: z.output<typeof callBody>): CallInputs {
  const named = Object.entries(body.DataSetDefinitionValueAssignments ?? {}).map(([name, each]) => [name, each.SavedDataSetReference.Id] as const);
  const datasets = { ...body.datasets, ...datasetAssignments.parse(Object.fromEntries(named)) };
  return {
    parameters: { ...body.parameters, ...(body.ParameterAssignments ?? {}), ...datasets },
    dataPaths: body.DataPathAssignments ?? {},
    version: body.version ?? (body.PipelineVersion == null ? null : Number(body.PipelineVersion)),
    azure: Object.keys(azure).some((name) => Object.hasOwn(body, name)),
  };
}
