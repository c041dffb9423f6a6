import { AppError } from '../../errors.ts';
import type { ScoreAnswer, ScoreCall } from '../deployments.ts';
import { resultWriter } from '../results.ts';
import { rowReader } from '../rows.ts';
import { azureDocument } from './documents.ts';
import { field, isJson, isLarge, isRecord, jsonReply, mediaType, parseJson, parseLargeJson, type Exchange, type Reply, type Target } from './exchange.ts';
import { readSplit } from './mlflow.ts';
import { ownBatch, readOwn, writeOwn } from './own.ts';

/** The error body of Azure ML's inference server; its clients look for the header when the model itself failed. */
export const refuseAzure = (error: AppError): Reply => ({
  ...jsonReply({ message: error.message }, error.status),
  ...(error.code === 'model_failed' ? { headers: { 'x-ms-run-function-failed': 'True' } } : {}),
});

const ECHOED = ['x-request-id', 'x-ms-request-id', 'x-ms-client-request-id'];
const LONGEST_ID = 100;

interface AzureForm {
  readonly read: ScoreCall['read'];
  readonly write: (answer: ScoreAnswer) => string;
}

/** Calls as for an online endpoint of Azure ML: of the designer, of an MLflow deployment and of a script. Throws AppError. */
export async function azure(exchange: Exchange, target: Target): Promise<Reply> {
  const { method, path } = exchange;
  const asked = method === 'GET' || method === 'HEAD';
  if (path === '/swagger.json' && asked) return swagger(exchange, target);
  if (path === '/score' && method === 'OPTIONS') return { status: 200, type: 'application/json', body: '', headers: { allow: 'OPTIONS, POST' } };
  if (path !== '/score' || method !== 'POST')
    throw new AppError(405, `${method} is not for this address.`, { code: 'method_wrong', headers: { allow: 'OPTIONS, POST' } });
  return score(exchange, target);
}

async function score({ headers, body, serving }: Exchange, target: Target): Promise<Reply> {
  const echoed = Object.fromEntries(ECHOED.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])));
  const long = Object.entries(echoed).find(([, id]) => id.length > LONGEST_ID);
  if (long) throw new AppError(431, `The header ${long[0]} has more than ${LONGEST_ID} characters.`, { code: 'header_too_long' });
  const { type, charset } = mediaType(headers['content-type']);
  if (!isJson(type) || !['', 'utf-8'].includes(charset))
    throw new AppError(415, 'Send JSON in UTF-8, with Content-Type: application/json.', { code: 'media_type' });
  const form = azureForm(isLarge(body) ? await parseLargeJson(body) : parseJson(body.toString()));
  const answer = await serving.score(target, { read: form.read });
  return {
    status: 200,
    type: 'application/json',
    body: form.write(answer),
    headers: { ...echoed, 'x-ms-run-fn-exec-ms': answer.milliseconds.toFixed(3), 'azureml-model-deployment': answer.deployment },
  };
}

/** Which of the forms a body has. Throws 400. */
function azureForm(json: unknown): AzureForm {
  const data = isRecord(json) ? field(json, 'data') : undefined;
  const split = isRecord(json) ? field(json, 'input_data') : undefined;
  const bare = ({ signature, outputs, rowCount }: ScoreAnswer): string => `[${resultWriter(signature).rows(outputs, rowCount)}]`;
  if (isRecord(split)) return { read: readSplit(split), write: bare };
  const rows = data ?? split;
  if (Array.isArray(rows))
    return { read: (signature) => (rows.every(Array.isArray) ? rowReader(signature).readValues(rows) : rowReader(signature).readRecords(rows)), write: bare };
  const own = readOwn(json);
  return { read: (signature) => ownBatch(own, signature), write: (answer) => writeOwn(own.form, answer) };
}

const VERSIONS = ['2', '3', '3.1'];

function swagger({ query, headers, serving }: Exchange, target: Target): Reply {
  const version = new URLSearchParams(query).get('version') ?? '2';
  if (!VERSIONS.includes(version))
    throw new AppError(404, `There is no document of version "${version}". There are: ${VERSIONS.join(', ')}.`, { code: 'not_found' });
  const deployments = serving.deployments(target);
  const deployment = deployments.find((each) => each.weight > 0) ?? deployments[0];
  if (!deployment) throw new AppError(404, 'This endpoint has no deployment.', { code: 'not_found' });
  return jsonReply(azureDocument(version as '2' | '3' | '3.1', { name: target.name, origin: `http://${headers.host}`, deployment }));
}
