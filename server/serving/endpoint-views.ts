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

const JSON_TYPES: Readonly<Record<SignatureInput['type'], Readonly<Record<string, unknown>>>> = {
  number: { type: ['number', 'null'] },
  integer: { type: ['number', 'null'] },
  boolean: { type: ['boolean', 'null'] },
  text: { type: ['string', 'null'] },
  category: { type: ['string', 'null'] },
  datetime: { type: ['string', 'null'], format: 'date-time' },
};

/** The OpenAPI 3.1 document of one endpoint, with its columns by name and type. */
export function endpointDocument(view: EndpointView, server: string): Record<string, unknown> {
  const row = {
    type: 'object',
    additionalProperties: false,
    required: view.input.filter((input) => input.required).map((input) => input.name),
    properties: Object.fromEntries(
      view.input.map((input) => [
        input.name,
        {
          ...JSON_TYPES[input.type],
          ...(input.levels && input.levels.length <= 50 ? { description: `Seen in training: ${input.levels.join(', ')}. Others are scored as unknown.` } : {}),
        },
      ]),
    ),
    example: view.sample,
  };
  const result = { type: 'object', properties: Object.fromEntries(view.output.map((output) => [output.name, JSON_TYPES[output.type]])) };
  return {
    openapi: '3.1.0',
    info: { title: `Endpoint ${view.name}`, version: view.deployments.find((each) => each.weight > 0)?.name ?? 'v0', description: 'Scores rows in real time.' },
    servers: [{ url: server }],
    security: [{ key: [] }],
    paths: {
      [view.url]: {
        post: {
          operationId: 'score',
          summary: 'Score rows',
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: { type: 'object', required: ['rows'], properties: { rows: { type: 'array', minItems: 1, maxItems: 10_000, items: row } } },
              },
            },
          },
          responses: {
            200: {
              description: 'One result a row, in order.',
              content: {
                'application/json': {
                  schema: {
                    type: 'object',
                    required: ['results', 'deployment'],
                    properties: { results: { type: 'array', items: result }, deployment: { type: 'string' } },
                  },
                },
              },
            },
            default: { description: 'What was wrong, with row and column.', content: { 'application/problem+json': { schema: { type: 'object' } } } },
          },
        },
      },
    },
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
  };
}
