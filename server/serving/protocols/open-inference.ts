import { AppError } from '../../errors.ts';
import type { DeploymentRow } from '../endpoint-records.ts';
import type { Duration, Statistics } from '../statistics.ts';
import { field, isRecord, jsonReply, parseJson, type Exchange, type Reply, type Target } from './exchange.ts';
import { tensorDescriptions, writeInferReply, type TensorDescription } from './open-inference-reply.ts';
import { jsonPart, readInferJson, readInferRequest, tensorBatch } from './open-inference-request.ts';

/** The models that a caller may see, and each by its name. */
export interface Models {
  readonly list: () => readonly Target[];
  /** Throws 404. */
  readonly get: (name: string) => Target;
}

/** The part of an address behind `/v2`, taken apart. */
export interface ModelAddress {
  readonly model: string;
  /** A deployment of the endpoint. */
  readonly version: string | undefined;
  readonly action: string;
}

const MODEL = /^\/models\/([^/]+)(?:\/versions\/([^/]+))?(?:\/(ready|infer|config|stats))?$/;

/** Null when the path names no model. Throws 404 for a name that is none. */
export function modelAddress(path: string): ModelAddress | null {
  const match = MODEL.exec(path);
  if (!match || path === '/models/stats') return null;
  const [, model, version, action = 'metadata'] = match;
  return { model: decoded(model!), version: version === undefined ? undefined : decoded(version), action };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw unknown(part);
  }
}

const unknown = (name: string): AppError => new AppError(404, `There is no model "${name}".`, { code: 'not_found' });
const known = (model: Target, deployments: readonly DeploymentRow[], version: string | undefined): DeploymentRow => {
  const found = version === undefined ? (deployments.find((each) => each.weight > 0) ?? deployments[0]) : deployments.find((each) => each.name === version);
  if (!found) throw unknown(version === undefined ? model.name : `${model.name}, version ${version}`);
  return found;
};
const answers = (deployment: DeploymentRow): boolean => ['serving', 'idle'].includes(deployment.state);

/** The error body of this protocol; other fields would break its clients. */
export const refuseOpenInference = (error: AppError): Reply => jsonReply({ error: error.message }, error.status);

/** Open Inference Protocol, version 2 (KServe, Triton), over HTTP. Throws AppError. */
export async function openInference(exchange: Exchange, models: Models): Promise<Reply> {
  const { method, path, serving } = exchange;
  const address = modelAddress(path);
  const read = method === 'GET' || method === 'HEAD';
  if (address) return aboutModel(exchange, models.get(address.model), address);
  if (path === '/health/live' && read) return jsonReply({ live: true });
  if (path === '/health/ready' && read) return jsonReply({ ready: serving.ready() }, serving.ready() ? 200 : 400);
  if ((path === '' || path === '/') && read)
    return jsonReply({ name: 'modelwright', version: serving.version, extensions: ['binary_tensor_data', 'parameters', 'statistics', 'model_configuration'] });
  if (path === '/models/stats' && read) return jsonReply({ model_stats: models.list().flatMap((model) => statistics(exchange, model)) });
  if (path === '/repository/index' && method === 'POST') return repositoryIndex(exchange, models.list());
  if (/^\/repository\/models\/[^/]+\/(?:load|unload)$/.test(path) && method === 'POST')
    throw new AppError(501, 'Models come and go with their endpoints: deploy, stop or delete one there.', { code: 'not_supported' });
  throw wrongAddress(
    exchange,
    /^\/?$|^\/health\/(?:live|ready)$|^\/models\/stats$|^\/repository\/index$|^\/repository\/models\/[^/]+\/(?:load|unload)$/.test(path),
  );
}

const wrongAddress = ({ method, path }: Exchange, otherMethod: boolean): AppError =>
  otherMethod
    ? new AppError(405, `${method} is not for /v2${path}.`, { code: 'method_wrong' })
    : new AppError(404, `There is nothing at /v2${path}.`, { code: 'not_found' });

async function aboutModel(exchange: Exchange, model: Target, { version, action }: ModelAddress): Promise<Reply> {
  const { method, serving } = exchange;
  if ((action === 'infer') !== (method === 'POST') || !['GET', 'HEAD', 'POST'].includes(method)) throw wrongAddress(exchange, true);
  if (action === 'infer') return infer(exchange, model, version);
  const deployments = serving.deployments(model);
  const deployment = known(model, deployments, version);
  switch (action) {
    case 'ready':
      return jsonReply({ name: model.name, ready: answers(deployment) }, answers(deployment) ? 200 : 400);
    case 'config':
      return jsonReply(configuration(model, deployment));
    case 'stats':
      return jsonReply({ model_stats: statistics(exchange, model, version) });
    default:
      return jsonReply({
        name: model.name,
        versions: deployments.filter(answers).map((each) => each.name),
        platform: 'onnx_onnxv1',
        ...tensorDescriptions(deployment.signature),
      });
  }
}

async function infer({ body, headers, serving }: Exchange, model: Target, version: string | undefined): Promise<Reply> {
  const length = headers['inference-header-content-length'];
  const part = jsonPart(body, Array.isArray(length) ? length[0] : length);
  const json = readInferJson(part);
  const request = readInferRequest(json instanceof Promise ? await json : json, body.subarray(part.length));
  const answer = await serving.score(model, {
    read: (signature) => tensorBatch(request.inputs, signature),
    timeout: request.timeout,
    deployment: version,
  });
  return writeInferReply(model.name, request, answer);
}

function repositoryIndex({ body, serving }: Exchange, models: readonly Target[]): Reply {
  const asked = body.length === 0 ? {} : parseJson(body.toString());
  const ready = isRecord(asked) && field(asked, 'ready') === true;
  const entries = models.flatMap((model) =>
    serving.deployments(model).map((deployment) => ({
      name: model.name,
      version: deployment.name,
      state: answers(deployment) ? 'READY' : deployment.state === 'starting' ? 'LOADING' : 'UNAVAILABLE',
      reason: deployment.error ?? '',
    })),
  );
  return jsonReply(ready ? entries.filter((entry) => entry.state === 'READY') : entries);
}

/** In the form of Triton's model configuration; shapes without the dimension of rows, as there. */
function configuration(model: Target, { signature }: DeploymentRow): Record<string, unknown> {
  const tensor = ({ name, datatype }: TensorDescription) => ({ name, data_type: datatype === 'BYTES' ? 'TYPE_STRING' : `TYPE_${datatype}`, dims: [1] });
  const { inputs, outputs } = tensorDescriptions(signature);
  return {
    name: model.name,
    platform: 'onnxruntime_onnx',
    backend: 'onnxruntime',
    max_batch_size: 10_000,
    input: inputs.map((input, index) => ({ ...tensor(input), optional: !signature.inputs[index]!.required })),
    output: outputs.map(tensor),
    dynamic_batching: {},
  };
}

function statistics({ serving }: Exchange, model: Target, version?: string): unknown[] {
  const written = ({ count, ns }: Duration) => ({ count, ns });
  const nothing = { count: 0, ns: 0 };
  const of = ({ lastInference, inferenceCount, executionCount, success, fail, queue, compute }: Statistics) => ({
    last_inference: lastInference,
    inference_count: inferenceCount,
    execution_count: executionCount,
    inference_stats: {
      success: written(success),
      fail: written(fail),
      queue: written(queue),
      compute_input: nothing,
      compute_infer: written(compute),
      compute_output: nothing,
      cache_hit: nothing,
      cache_miss: nothing,
    },
    batch_stats: [],
  });
  return serving
    .deployments(model)
    .filter((deployment) => (version === undefined ? answers(deployment) : deployment.name === version))
    .map((deployment) => ({ name: model.name, version: deployment.name, ...of(serving.statistics.of(model.id, deployment.name)) }));
}
