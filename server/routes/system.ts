import { createRoute, z } from '@hono/zod-openapi';
import { permit } from '../auth/guard.ts';
import { residentBytes } from '../executor/process-registry.ts';
import type { Services } from '../services.ts';
import { json, router, typed } from './router.ts';

export interface SystemFacts {
  readonly version: string;
  readonly node: string;
  readonly uptimeSeconds: number;
  readonly dataFolder: string;
  readonly storeBytes: number;
  readonly slots: number;
  readonly slotsUsed: number;
  readonly runsLive: number;
  readonly runsQueued: number;
  readonly threads: number;
  /** Of the server and of its step and inference processes. */
  readonly memory: { readonly server: number; readonly steps: number; readonly inference: number };
}

const tags = ['System'];
const healthy = z.object({ status: z.string() });

/** How the installation is doing. */
export const systemRoutes = ({ version, environment, store, runs, pool, deployments }: Services) =>
  router().openapi(
    createRoute({
      method: 'get',
      path: '/system',
      tags,
      summary: 'Version, load and memory',
      middleware: permit('read', 'system'),
      responses: { 200: json(typed<SystemFacts>('Facts.'), 'Facts.') },
    }),
    async (c) => {
      const { slots, used, live, queued } = runs.load;
      const resident = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + (residentBytes(pid) ?? 0), 0);
      return c.json(
        {
          version,
          node: process.version,
          uptimeSeconds: Math.round(process.uptime()),
          dataFolder: environment.dataFolder,
          storeBytes: await store.size(),
          slots,
          slotsUsed: used,
          runsLive: live,
          runsQueued: queued,
          threads: environment.threads,
          memory: { server: process.memoryUsage.rss(), steps: resident(pool.pids), inference: resident(deployments.pids) },
        },
        200,
      );
    },
  );

/** Probes for whoever watches the process; they tell nothing else and are public. */
export const probeRoutes = ({ ready }: Services) =>
  router()
    .openapi(createRoute({ method: 'get', path: '/healthz', tags, summary: 'The process answers', responses: { 200: json(healthy, 'It does.') } }), (c) =>
      c.json({ status: 'ok' }, 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/readyz',
        tags,
        summary: 'Ready for work',
        responses: { 200: json(healthy, 'Ready.'), 503: json(healthy, 'Starting or stopping.') },
      }),
      (c) => (ready() ? c.json({ status: 'ready' }, 200) : c.json({ status: 'not ready' }, 503)),
    );
