import type { SignatureInput } from '#nodes/kit/signature.ts';
import type { DeploymentRow } from '../endpoint-records.ts';
import { MAXIMUM_ROWS } from '../rows.ts';
import { tensorDescriptions } from './open-inference-reply.ts';

type Schema = Readonly<Record<string, unknown>>;

/** What a document of an endpoint is made from. */
export interface Described {
  readonly name: string;
  /** Where the server answers. */
  readonly origin: string;
  readonly deployment: Pick<DeploymentRow, 'name' | 'signature' | 'sample'>;
}

const JSON_TYPES: Readonly<Record<SignatureInput['type'], { readonly type: string; readonly format?: string }>> = {
  number: { type: 'number' },
  integer: { type: 'number' },
  boolean: { type: 'boolean' },
  text: { type: 'string' },
  category: { type: 'string' },
  datetime: { type: 'string', format: 'date-time' },
};

const array = (items: Schema): Schema => ({ type: 'array', items });
const object = (properties: Readonly<Record<string, Schema>>, required = Object.keys(properties)): Schema => ({ type: 'object', required, properties });
const text: Schema = { type: 'string' };

interface Parts {
  readonly row: Schema;
  readonly result: Schema;
  readonly values: Schema;
  readonly names: readonly string[];
  readonly sample: DeploymentRow['sample'][number];
}

/** `nullable` is how the dialect says that a value may be missing. */
function partsOf({ deployment: { signature, sample } }: Described, nullable: (schema: { readonly type: string }) => Schema): Parts {
  const { inputs, outputs } = signature;
  const describe = (input: SignatureInput): Schema => ({
    ...nullable(JSON_TYPES[input.type]),
    ...(input.levels && input.levels.length <= 50 ? { description: `Seen in training: ${input.levels.join(', ')}. Others are scored as unknown.` } : {}),
  });
  return {
    row: {
      ...object(
        Object.fromEntries(inputs.map((input) => [input.name, describe(input)])),
        inputs.filter((input) => input.required).map((input) => input.name),
      ),
      additionalProperties: false,
      example: sample[0] ?? {},
    },
    result: { type: 'object', properties: Object.fromEntries(outputs.map((output) => [output.name, nullable(JSON_TYPES[output.type])])) },
    values: array(array({})),
    names: inputs.map((input) => input.name),
    sample: sample[0] ?? {},
  };
}

interface Operation {
  readonly id: string;
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly summary: string;
  readonly body?: Schema;
  readonly example?: unknown;
  readonly answer: Schema;
  /** Of a body or an answer, where it is not JSON alone. */
  readonly alsoText?: { readonly type: string; readonly example: string };
  readonly error: Schema;
  readonly errorType?: string;
}

const wsInput = (rows: Schema): Schema => ({
  ...object({ Inputs: object({ WebServiceInput0: rows }) }),
  properties: { Inputs: object({ WebServiceInput0: rows }), GlobalParameters: { type: 'object' } },
});

function ownOperation({ name }: Described, { row, result, sample }: Parts): Operation {
  const rows = { ...array(row), minItems: 1, maxItems: MAXIMUM_ROWS };
  return {
    id: 'score',
    method: 'post',
    path: `/api/v1/endpoints/${name}/score`,
    summary: 'Score rows',
    body: object({ rows }),
    example: { rows: [sample] },
    answer: object({ results: array(result), deployment: text }),
    error: {
      type: 'object',
      description: 'RFC 9457: what was wrong, with row and column.',
      properties: { status: { type: 'integer' }, detail: text, code: text },
    },
    errorType: 'application/problem+json',
  };
}

function azureOperation({ name }: Described, { row, result, sample }: Parts): Operation {
  return {
    id: 'scoreAzure',
    method: 'post',
    path: `/endpoints/${name}/score`,
    summary: 'Score rows, as an online endpoint of Azure ML',
    body: wsInput(array(row)),
    example: { Inputs: { WebServiceInput0: [sample] }, GlobalParameters: {} },
    answer: object({ Results: object({ WebServiceOutput0: array(result) }) }),
    error: object({ message: text }),
  };
}

function mlflowOperation({ name }: Described, { row, result, names, values, sample }: Parts): Operation {
  const cells = names.map((column) => sample[column] ?? null);
  return {
    id: 'invocations',
    method: 'post',
    path: `/endpoints/${name}/invocations`,
    summary: 'Score rows, as `mlflow models serve`; exactly one of the fields',
    body: {
      type: 'object',
      properties: {
        dataframe_split: object({ columns: array(text), data: values }),
        dataframe_records: array(row),
        instances: array({}),
        inputs: {},
        params: { type: 'object' },
      },
    },
    example: { dataframe_split: { columns: names, data: [cells] } },
    alsoText: { type: 'text/csv', example: `${names.join(',')}\n${cells.join(',')}\n` },
    answer: object({ predictions: array(result) }),
    error: object({ error_code: text, message: text }),
  };
}

function openInferenceOperations({ name, deployment: { signature, sample } }: Described): Operation[] {
  const error = object({ error: text });
  const tensor = object({ name: text, shape: array({ type: 'integer' }), datatype: text, data: array({}) });
  const described = object({ name: text, datatype: text, shape: array({ type: 'integer' }) });
  const path = `/v2/models/${name}`;
  const example = tensorDescriptions(signature).inputs.map(({ name: column, datatype }) => {
    const value = sample[0]?.[column] ?? null;
    return { name: column, datatype, shape: [1, 1], data: [typeof value === 'boolean' ? Number(value) : value] };
  });
  return [
    {
      id: 'infer',
      method: 'post',
      path: `${path}/infer`,
      summary: 'Score tensors by the Open Inference Protocol; with Inference-Header-Content-Length also as bytes behind the JSON',
      body: object({ inputs: array(tensor) }),
      example: { inputs: example },
      answer: object({ model_name: text, model_version: text, outputs: array(tensor) }),
      error,
    },
    {
      id: 'modelMetadata',
      method: 'get',
      path,
      summary: 'Inputs and outputs by the Open Inference Protocol',
      answer: object({ name: text, versions: array(text), platform: text, inputs: array(described), outputs: array(described) }),
      error,
    },
    {
      id: 'modelReady',
      method: 'get',
      path: `${path}/ready`,
      summary: 'Whether it answers',
      answer: object({ name: text, ready: { type: 'boolean' } }),
      error,
    },
  ];
}

const operationsOf = (described: Described, parts: Parts): Operation[] => [
  ownOperation(described, parts),
  azureOperation(described, parts),
  mlflowOperation(described, parts),
  ...openInferenceOperations(described),
];

const titleOf = ({ name, deployment }: Described) => ({ title: `Endpoint ${name}`, version: deployment.name, description: 'Scores rows in real time.' });

/** OpenAPI 3.1 or 3.0 of one endpoint: every address that scores with it, with its columns by name and type. */
export function endpointDocument(described: Described, version: '3' | '3.1' = '3.1'): Record<string, unknown> {
  const nullable = (schema: { readonly type: string }): Schema =>
    version === '3' ? { ...schema, nullable: true } : { ...schema, type: [schema.type, 'null'] };
  const content = (type: string, schema: Schema, example?: unknown) => ({ [type]: { schema, ...(example === undefined ? {} : { example }) } });
  const operation = ({ id, summary, body, example, alsoText, answer, error, errorType = 'application/json' }: Operation) => ({
    operationId: id,
    summary,
    ...(body
      ? {
          requestBody: {
            required: true,
            content: { ...content('application/json', body, example), ...(alsoText ? content(alsoText.type, text, alsoText.example) : {}) },
          },
        }
      : {}),
    responses: {
      200: { description: 'In the order of the rows.', content: content('application/json', answer) },
      default: { description: 'What was wrong.', content: content(errorType, error) },
    },
  });
  return {
    openapi: version === '3' ? '3.0.3' : '3.1.0',
    info: titleOf(described),
    servers: [{ url: described.origin }],
    security: [{ key: [] }],
    paths: pathsOf(operationsOf(described, partsOf(described, nullable)), operation),
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
  };
}

/** Swagger 2.0, which knows no values that may be missing and no bearer tokens but as a header. */
function swagger2(described: Described): Record<string, unknown> {
  const operation = ({ id, summary, body, answer, error }: Operation) => ({
    operationId: id,
    summary,
    ...(body ? { consumes: ['application/json'], parameters: [{ in: 'body', name: 'body', required: true, schema: body }] } : {}),
    produces: ['application/json'],
    responses: { 200: { description: 'In the order of the rows.', schema: answer }, default: { description: 'What was wrong.', schema: error } },
  });
  const { host, protocol } = new URL(described.origin);
  return {
    swagger: '2.0',
    info: titleOf(described),
    host,
    schemes: [protocol.slice(0, -1)],
    securityDefinitions: { key: { type: 'apiKey', in: 'header', name: 'Authorization', description: '"Bearer" and one of the keys.' } },
    security: [{ key: [] }],
    paths: pathsOf(
      operationsOf(
        described,
        partsOf(described, (schema) => ({ ...schema, 'x-nullable': true })),
      ),
      operation,
    ),
  };
}

const pathsOf = (operations: readonly Operation[], write: (operation: Operation) => Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(operations.map((each) => [each.path, { [each.method]: write(each) }]));

/** What `swagger.json` of Azure's inference server gives, by its `version`. */
export const azureDocument = (version: '2' | '3' | '3.1', described: Described): Record<string, unknown> =>
  version === '2' ? swagger2(described) : endpointDocument(described, version);
