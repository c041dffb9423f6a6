import { createRoute, z } from '@hono/zod-openapi';
import { pythonScript } from '#pipelines/script/script.ts';
import { permit, workspaceOf } from '../auth/guard.ts';
import type { Services } from '../services.ts';
import { byId, router } from './router.ts';

/** The pipeline as a script that runs without this server. */
export const pipelineScriptRoutes = ({ pipelines, runs, catalog, workspaceAssets }: Services) =>
  router().openapi(
    createRoute({
      method: 'get',
      path: '/pipelines/{id}/script',
      tags: ['Pipelines'],
      summary: 'The pipeline as a Python script',
      middleware: permit('read', 'pipeline'),
      request: { params: byId },
      responses: {
        200: {
          content: { 'text/x-python': { schema: z.string() } },
          description: 'With pandas and scikit-learn. Nodes without a translation raise NotImplementedError, with their parameters beside it.',
        },
      },
    }),
    async (c) => {
      const workspaceId = workspaceOf(c.get('principal'));
      const { id, name, document } = pipelines.get(workspaceId, c.req.valid('param').id);
      const observed = await runs.observed(workspaceId, id, document);
      const script = pythonScript(document, { catalog, assets: workspaceAssets.schemas(workspaceId), observed });
      const file = encodeURIComponent(`${name}.py`).replaceAll(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
      return c.body(script, 200, { 'content-type': 'text/x-python; charset=utf-8', 'content-disposition': `attachment; filename*=UTF-8''${file}` }) as never;
    },
  );
