import { createRoute, z } from '@hono/zod-openapi';
import { permit, starterOf, workspaceOf } from '../auth/guard.ts';
import type { Services } from '../services.ts';
import { loadPlan, type LoadTestView } from '../serving/load-tests.ts';
import { body, json, router, typed } from './router.ts';

const tags = ['Endpoint monitoring'];
const params = z.object({ name: z.string().min(1).max(63) });
const view = typed<{ test: LoadTestView | null }>('test: plan, steps, current');

/** Load tests of endpoints; only who may see an endpoint's keys may start one. */
export const endpointLoadTestRoutes = ({ deployments, loadTests }: Services) =>
  router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/endpoints/{name}/load-test',
        tags,
        summary: 'The load test that runs, or the last one since the server started',
        middleware: permit('read', 'endpoint'),
        request: { params },
        responses: { 200: json(view, 'The test, or null.') },
      }),
      (c) => c.json({ test: loadTests.get(deployments.records.get(workspaceOf(c.get('principal')), c.req.valid('param').name)) }, 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/endpoints/{name}/load-test',
        tags,
        summary: 'Measure latency against throughput (signed-in persons only)',
        description: 'Sends sample rows to one deployment, step by step. One test at a time; none of its requests is counted in the monitoring.',
        middleware: permit('reveal', 'endpoint'),
        request: { params, ...body(z.strictObject({ plan: loadPlan, deployment: z.string().min(1).max(100).nullable().default(null) })) },
        responses: { 202: json(view, 'Running.') },
      }),
      async (c) => {
        const principal = c.get('principal');
        const { plan, deployment } = c.req.valid('json');
        const row = deployments.records.get(workspaceOf(principal), c.req.valid('param').name);
        return c.json({ test: await loadTests.start(row, plan, { deployment, by: starterOf(principal).name }) }, 202);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/endpoints/{name}/load-test',
        tags,
        summary: 'Cancel the load test',
        middleware: permit('reveal', 'endpoint'),
        request: { params },
        responses: { 200: json(view, 'Cancelled.') },
      }),
      (c) => c.json({ test: loadTests.cancel(deployments.records.get(workspaceOf(c.get('principal')), c.req.valid('param').name)) }, 200),
    );
