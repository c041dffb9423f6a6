import { z, type OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv } from '../auth/guard.ts';
import { body, json, typed } from './router.ts';

type Row = Readonly<Record<string, string | number | boolean | null>>;
/** Our own form, or Azure's. */
type ScoreView = { readonly results: readonly Row[]; readonly deployment: string } | { readonly Results: { readonly WebServiceOutput0: readonly Row[] } };

/** Not checked by the router: the model's own columns are the schema, and reading the rows names what is wrong with them. */
const rows = z.custom<unknown>().openapi({
  type: ['object', 'array'],
  description: 'The rows, in one of three forms.',
  oneOf: [
    { type: 'object', required: ['rows'], properties: { rows: { type: 'array', items: { type: 'object' } } } },
    { type: 'array', items: { type: 'object' } },
    { type: 'object', required: ['Inputs'], properties: { Inputs: { type: 'object' }, GlobalParameters: { type: 'object' } } },
  ],
});

/** Puts the address that scores into the document of the API. The other protocols stand in each endpoint's own document. */
export function documentScoring(app: OpenAPIHono<AppEnv>): void {
  app.openAPIRegistry.registerPath({
    method: 'post',
    path: '/api/v1/endpoints/{name}/score',
    tags: ['Endpoints'],
    summary: 'Score rows',
    description:
      'Authorization: Bearer with one of the endpoint’s keys, an API token, or the session. Up to 10,000 rows and 8 MB. Azure ML’s {"Inputs": {"WebServiceInput0": […]}} is answered in Azure’s form.',
    security: [{ endpointKey: [] }, { apiToken: [] }, { session: [] }],
    request: { params: z.object({ name: z.string().min(1).max(63) }), ...body(rows) },
    responses: { 200: json(typed<ScoreView>('One result a row.'), 'Scored.') },
  });
}
