import type { Signature } from '#nodes/kit/signature.ts';
import { AppError } from '../../errors.ts';
import type { ScoreAnswer } from '../deployments.ts';
import { resultWriter } from '../results.ts';
import { rowReader, type Reading } from '../rows.ts';
import { isJson, isLarge, isRecord, field as own, mediaType, parseJson, parseLargeJson, type Exchange, type Reply, type Target } from './exchange.ts';

/** The rows of a request, and the form in which the answer is expected. */
export interface OwnRequest {
  readonly rows: readonly unknown[];
  readonly form: 'own' | 'azure';
}

/** Finds the rows in `[…]`, `{"rows": […]}` or Azure's `{"Inputs": {"WebServiceInput0": […]}}`. Throws 400 when there are none. */
export function readOwn(body: unknown): OwnRequest {
  if (Array.isArray(body)) return { rows: body, form: 'own' };
  if (isRecord(body)) {
    const rows = own(body, 'rows');
    if (Array.isArray(rows)) return { rows, form: 'own' };
    const inputs = own(body, 'Inputs');
    if (isRecord(inputs)) {
      const each = Object.values(inputs);
      if (each.length !== 1) throw new AppError(400, '"Inputs" must have exactly one input, such as "WebServiceInput0".', { code: 'rows_missing' });
      if (Array.isArray(each[0])) return { rows: each[0], form: 'azure' };
    }
  }
  throw new AppError(400, 'Send the rows as [{"column": value}], {"rows": […]} or {"Inputs": {"WebServiceInput0": […]}}.', { code: 'rows_missing' });
}

export const ownBatch = ({ rows }: OwnRequest, signature: Signature): Reading => rowReader(signature).readRecords(rows);

/** The answer as JSON text. */
export function writeOwn(form: OwnRequest['form'], { signature, outputs, rowCount, deployment }: ScoreAnswer): string {
  const rows = resultWriter(signature).rows(outputs, rowCount);
  return form === 'azure' ? `{"Results":{"WebServiceOutput0":[${rows}]}}` : `{"results":[${rows}],"deployment":${JSON.stringify(deployment)}}`;
}

/** `POST /api/v1/endpoints/{name}/score`. Throws AppError. */
export async function ownScore({ headers, body, serving }: Exchange, target: Target): Promise<Reply> {
  const { type, charset } = mediaType(headers['content-type']);
  if (!isJson(type) || !['', 'utf-8'].includes(charset)) throw new AppError(415, 'Send JSON, with Content-Type: application/json.', { code: 'media_type' });
  const request = readOwn(isLarge(body) ? await parseLargeJson(body) : parseJson(body.toString()));
  const answer = await serving.score(target, { read: (signature) => ownBatch(request, signature) });
  return { status: 200, type: 'application/json', body: writeOwn(request.form, answer) };
}
