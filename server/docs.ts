import type { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv } from './auth/guard.ts';

const problem = {
  description: 'What went wrong, and what to do (RFC 9457).',
  content: {
    'application/problem+json': {
      schema: {
        type: 'object',
        required: ['type', 'title', 'status', 'detail', 'requestId'],
        properties: {
          type: { type: 'string' },
          title: { type: 'string' },
          status: { type: 'integer' },
          detail: { type: 'string' },
          code: { type: 'string' },
          issues: { type: 'array', items: { type: 'object' } },
          errors: { type: 'array', items: { type: 'object', properties: { pointer: { type: 'string' }, detail: { type: 'string' } } } },
          requestId: { type: 'string' },
        },
      },
    },
  },
};

/** The OpenAPI 3.1 document of the whole API; every operation may answer a problem. */
export function openApiDocument(app: OpenAPIHono<AppEnv>, version: string): unknown {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Modelwright', version, description: 'Everything that the web app does goes through this API. Errors are application/problem+json.' },
    security: [{ apiToken: [] }, { session: [] }],
  });
  document.components = {
    ...document.components,
    securitySchemes: {
      apiToken: { type: 'http', scheme: 'bearer', description: 'An API token, mw_…' },
      session: { type: 'apiKey', in: 'cookie', name: 'modelwright_session' },
      endpointKey: { type: 'http', scheme: 'bearer', description: 'A key of the endpoint, mwe_…' },
      triggerToken: { type: 'http', scheme: 'bearer', description: 'The token of the trigger, mwt_…' },
    },
  };
  for (const item of Object.values(document.paths ?? {})) {
    for (const method of ['get', 'put', 'post', 'patch', 'delete'] as const) {
      const operation = item[method];
      if (operation) operation.responses = { ...operation.responses, default: problem as never };
    }
  }
  return document;
}

/** The page at /api/docs: RapiDoc, from this server. */
export const DOCS_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Modelwright API</title>
    <link rel="icon" href="/icon.svg" />
    <script type="module" src="/api/docs/rapidoc.js"></script>
  </head>
  <body>
    <rapi-doc spec-url="/api/openapi.json" render-style="read" show-header="false" load-fonts="false" allow-server-selection="false" regular-font="system-ui, sans-serif" mono-font="ui-monospace, monospace"></rapi-doc>
  </body>
</html>
`;
