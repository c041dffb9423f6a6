import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Hook } from '@hono/zod-openapi';
import { unkeepable } from '#pipelines/odd-values.ts';
import type { AppEnv } from '../auth/guard.ts';
import { AppError, type FieldError } from '../errors.ts';

const pointerOf = (path: readonly PropertyKey[]): string => path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** A request that does not have the form that its route names: 400 for the address, 422 for the body, each with every wrong place. */
export const refuseInvalid: Hook<unknown, AppEnv, string, unknown> = (result) => {
  if (result.success) return;
  const errors: FieldError[] = result.error.issues.slice(0, 50).map((issue) => ({ pointer: pointerOf(issue.path), detail: issue.message }));
  const inBody = result.target === 'json';
  const first = errors[0];
  const where = first?.pointer ? `${first.pointer}: ` : '';
  throw new AppError(
    inBody ? 422 : 400,
    `${inBody ? 'The body' : `The ${result.target === 'param' ? 'address' : result.target}`} is not valid. ${where}${first?.detail ?? ''}`,
    { code: 'request_invalid', errors },
  );
};

/** A sub-app of one resource. */
export const router = () => new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid as never });

/** An answer that our own code makes and that needs no check on the way out; typed for callers, free-form in the OpenAPI document. */
export const typed = <T>(description: string) => z.custom<T>().openapi({ type: 'object', description });

export const json = <S extends z.ZodType>(schema: S, description: string) => ({ content: { 'application/json': { schema } }, description });
export const body = <S extends z.ZodType>(schema: S) => ({ body: { required: true, content: { 'application/json': { schema } } } });
export const none = (description: string) => ({ description });

export const paging = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50).openapi({ description: 'Items on a page.' }),
  cursor: z.string().max(500).optional().openapi({ description: 'nextCursor of the page before.' }),
});
export const byId = z.object({ id: z.string().min(1).max(100) });
/** Names of assets as people write them; part of an address, so percent-encoded there. */
export const assetName = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}/\\]+$/u, 'No slashes and no control characters.')
  .refine((name) => name.trim() === name && name !== '.' && name !== '..', 'No blanks at either end.');
/** Of what lies in the store. */
export const artifactHash = z.string().regex(/^[0-9a-f]{64}$/, 'A hash is 64 hexadecimal digits.');
export const asSwitch = z.enum(['true', 'false']).transform((text) => text === 'true');
const columnName = z.string().max(1_000);
/** Names of columns in a query: one for each time that the word comes. */
export const columnNames = z.union([columnName.transform((one) => [one]), z.array(columnName).max(50)]).default([]);
export const byName = z.object({ name: assetName });
export const started = z.object({ id: z.string(), number: z.number().int(), url: z.string() });
export const startedView = ({ id, number }: { id: string; number: number }) => ({ id, number, url: `/runs/${id}` });
/** Values for a pipeline's parameters, by name. */
export const parameterValues = z
  .record(z.string().min(1).max(100), z.unknown())
  .refine((values) => Object.keys(values).length <= 200, 'At most 200 parameters.')
  .refine((values) => unkeepable(values) === null, 'A value lies too many levels deep, or has a name that cannot be used.');
/** Optional, a text of the caller's choice; quotes around it are not part of it. */
export const idempotencyKey = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(257)
    .transform((text) => (/^".*"$/.test(text) ? text.slice(1, -1) : text))
    .optional(),
});
