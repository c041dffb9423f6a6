import { createRoute, z } from '@hono/zod-openapi';
import type { StorageView } from '../assets/storage.ts';
import { STORAGE_KINDS } from '../assets/storage-holders.ts';
import { permit, workspaceOf } from '../auth/guard.ts';
import type { Services } from '../services.ts';
import { json, router, typed } from './router.ts';

const tags = ['Storage'];

/** What lies on the disk, and freeing it. */
export const storageRoutes = ({ storage }: Services) =>
  router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/storage',
        tags,
        summary: 'What assets take on the disk, the largest first',
        description: 'Content that several assets share is stored once: `sharedBytes` is the part of `bytes` that deleting one asset alone does not free.',
        middleware: permit('read', 'system'),
        request: { query: z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(100) }) },
        responses: { 200: json(typed<StorageView>('Storage.'), 'Bytes in all, of each kind, and of the largest assets.') },
      }),
      async (c) => c.json(await storage.view(workspaceOf(c.get('principal')), c.req.valid('query').limit), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/storage/{kind}/{id}',
        tags,
        summary: 'What one asset takes on the disk',
        description: 'Of a dataset or a model the id is its name. A pipeline holds what its runs hold.',
        middleware: permit('read', 'system'),
        request: { params: z.object({ kind: z.enum([...STORAGE_KINDS, 'pipeline']), id: z.string().min(1).max(200) }) },
        responses: { 200: json(z.object({ bytes: z.number().int(), sharedBytes: z.number().int() }), 'Bytes; zeros for what is not there.') },
      }),
      (c) => {
        const { kind, id } = c.req.valid('param');
        return c.json(storage.useOf(workspaceOf(c.get('principal')), kind, id), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/storage/sweep',
        tags,
        summary: 'Delete stored files that nothing refers to',
        middleware: permit('write', 'system'),
        responses: { 200: json(z.object({ files: z.number().int(), bytes: z.number().int() }), 'What was freed.') },
      }),
      async (c) => c.json(await storage.sweep(), 200),
    );
