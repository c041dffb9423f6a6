import type { Signature } from '#nodes/kit/signature.ts';
import { AppError } from '../../errors.ts';
import { resultWriter } from '../results.ts';
import { rowReader, type Reading } from '../rows.ts';
import { csvBatch, csvRecords } from './csv.ts';
import { inSlices } from '../../slices.ts';
import { field, isLarge, isRecord, jsonReply, mediaType, parseJson, parseLargeJson, type Exchange, type Reply, type Target } from './exchange.ts';

const INPUT_FIELDS = ['dataframe_split', 'dataframe_records', 'instances', 'inputs'] as const;
type InputField = (typeof INPUT_FIELDS)[number];
type ReadRows = (signature: Signature) => Reading;

const CODES: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'RESOURCE_DOES_NOT_EXIST',
  429: 'REQUEST_LIMIT_EXCEEDED',
  503: 'TEMPORARILY_UNAVAILABLE',
  504: 'TEMPORARILY_UNAVAILABLE',
};

/** The error body of MLflow; what its scoring server says of a type is plain text there. */
export const refuseMlflow = (error: AppError): Reply =>
  error.status === 415
    ? { status: 415, type: 'text/plain; charset=utf-8', body: error.message }
    : jsonReply({ error_code: CODES[error.status] ?? (error.status < 500 ? 'BAD_REQUEST' : 'INTERNAL_ERROR'), message: error.message }, error.status);

/** `mlflow models serve`, as its clients know it. Throws AppError. */
export async function mlflow(exchange: Exchange, target: Target): Promise<Reply> {
  const { method, path, serving } = exchange;
  const asked = method === 'GET' || method === 'HEAD';
  if ((path === '/ping' || path === '/health') && asked) {
    const serves = serving.deployments(target).some((deployment) => deployment.weight > 0 && ['serving', 'idle'].includes(deployment.state));
    return { status: serves ? 200 : 503, type: 'application/json', body: '\n' };
  }
  if (path === '/version' && asked) return { status: 200, type: 'text/plain; charset=utf-8', body: serving.version };
  if (path !== '/invocations' || method !== 'POST') throw new AppError(405, `${method} is not for this address.`, { code: 'method_wrong' });
  const read = readInvocation(exchange);
  const answer = await serving.score(target, { read: read instanceof Promise ? await read : read });
  const rows = resultWriter(answer.signature).rows(answer.outputs, answer.rowCount);
  return { status: 200, type: 'application/json', body: `{"predictions":[${rows}]}` };
}

/** Reads a body as far as it can be read without a model; in slices when it is large. Throws 400 and 415. */
function readInvocation({ headers, body }: Exchange): ReadRows | Promise<ReadRows> {
  const { type, charset } = mediaType(headers['content-type']);
  if (type !== 'application/json' && type !== 'text/csv')
    throw new AppError(415, `This predictor only supports the content types text/csv and application/json. Got '${type}'.`, { code: 'media_type' });
  if (charset !== '' && charset !== 'utf-8')
    throw new AppError(415, `The scoring server only supports the charset utf-8. Got '${charset}'.`, { code: 'media_type' });
  if (type === 'text/csv') {
    return inSlices(csvRecords(body.toString())).then((records) => (signature) => csvBatch(records, signature));
  }
  return isLarge(body) ? parseLargeJson(body).then(readDictionary) : readDictionary(parseJson(body.toString()));
}

const invalid = (message: string): AppError => new AppError(400, message, { code: 'rows_missing' });

/** The rows of a JSON dictionary with exactly one of the four fields; beside it `params` may stand. Throws 400. */
export function readDictionary(json: unknown): ReadRows {
  const given = isRecord(json) ? INPUT_FIELDS.filter((name) => field(json, name) !== undefined) : [];
  if (!isRecord(json) || given.length !== 1)
    throw invalid(
      `The input must be a JSON dictionary with exactly one of the input fields ${INPUT_FIELDS.join(', ')}. It has: ${given.join(', ') || 'none'}.`,
    );
  const [name] = given as [InputField];
  return READERS[name](field(json, name));
}

const READERS: Readonly<Record<InputField, (value: unknown) => ReadRows>> = {
  dataframe_split: readSplit,
  dataframe_records: (value) => {
    if (!Array.isArray(value)) throw invalid('"dataframe_records" must be a list of objects.');
    return (signature) => rowReader(signature).readRecords(value, { strict: false });
  },
  instances: (value) => {
    if (!Array.isArray(value)) throw invalid('"instances" must be a list.');
    return readList(value);
  },
  inputs: (value) => {
    if (Array.isArray(value)) return readList(value);
    if (!isRecord(value)) throw invalid('"inputs" must be a list of rows, or an object of columns.');
    return readColumns(value);
  },
};

/** `{"columns": […], "index": […], "data": [[…]]}`. Throws 400. */
export function readSplit(value: unknown): ReadRows {
  const columns = isRecord(value) ? field(value, 'columns') : undefined;
  const data = isRecord(value) ? field(value, 'data') : undefined;
  if (!Array.isArray(data) || (columns !== undefined && !(Array.isArray(columns) && columns.every((each) => typeof each === 'string'))))
    throw invalid('A table that is split needs "columns", a list of names, and "data", a list of rows.');
  return (signature) => (columns === undefined ? rowReader(signature).readValues(data) : rowReader(signature).readSplit(columns as string[], data));
}

/** Rows as objects, or as lists in the order of the model's columns. */
function readList(rows: readonly unknown[]): ReadRows {
  return (signature) => (rows.every(Array.isArray) ? rowReader(signature).readValues(rows) : rowReader(signature).readRecords(rows, { strict: false }));
}

/** Columns by name, each a list of values or of lists of one. */
function readColumns(columns: Record<string, unknown>): ReadRows {
  const names = Object.keys(columns);
  const lists = names.map((name) => {
    const values = columns[name];
    if (!Array.isArray(values)) throw invalid(`The column "${name}" is not a list.`);
    return values.map((value: unknown) => (Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value));
  });
  const rowCount = lists[0]?.length ?? 0;
  const uneven = lists.findIndex((list) => list.length !== rowCount);
  if (uneven >= 0) throw invalid(`The column "${names[uneven]}" has ${lists[uneven]!.length} values, "${names[0]}" has ${rowCount}.`);
  const rows = Array.from({ length: rowCount }, (_, row) => lists.map((list) => list[row]));
  return (signature) => rowReader(signature).readSplit(names, rows);
}
