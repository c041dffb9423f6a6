import { createRoute, z } from '@hono/zod-openapi';
import type { CommentThread } from '../assets/pipeline-comments.ts';
import { permit, starterOf, workspaceOf } from '../auth/guard.ts';
import type { Services } from '../services.ts';
import { body, byId, json, none, router, typed } from './router.ts';

const tags = ['Pipelines'];
const place = byId.extend({ comment: z.string().min(1).max(100) });
const text = z.string().trim().min(1).max(5_000);
const thread = typed<CommentThread>('A thread: its first comment, and the answers.');

/** What people say about nodes. It changes no revision of the pipeline; those who have it open hear of it. */
export const pipelineCommentRoutes = ({ pipelineComments, rooms }: Services) =>
  router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/pipelines/{id}/comments',
        tags,
        summary: 'What people say about the nodes of a pipeline',
        middleware: permit('read', 'pipeline'),
        request: { params: byId },
        responses: { 200: json(z.object({ items: z.array(thread) }), 'All threads, the oldest first.') },
      }),
      (c) => c.json({ items: pipelineComments.list(workspaceOf(c.get('principal')), c.req.valid('param').id) }, 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/pipelines/{id}/comments',
        tags,
        summary: 'Say something about a node',
        middleware: permit('write', 'pipeline'),
        request: { params: byId, ...body(z.strictObject({ node: z.string().min(1).max(64), text })) },
        responses: { 201: json(thread, 'The new thread.') },
      }),
      (c) => {
        const principal = c.get('principal');
        const { id } = c.req.valid('param');
        const begun = pipelineComments.begin(workspaceOf(principal), id, { ...c.req.valid('json'), author: starterOf(principal).name });
        rooms.tell(id, { type: 'comments' });
        return c.json(begun, 201);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/pipelines/{id}/comments/{comment}/answers',
        tags,
        summary: 'Answer in a thread, which opens it again',
        middleware: permit('write', 'pipeline'),
        request: { params: place, ...body(z.strictObject({ text })) },
        responses: { 201: json(thread, 'The thread.') },
      }),
      (c) => {
        const principal = c.get('principal');
        const { id, comment } = c.req.valid('param');
        const answered = pipelineComments.answer(workspaceOf(principal), id, comment, { ...c.req.valid('json'), author: starterOf(principal).name });
        rooms.tell(id, { type: 'comments' });
        return c.json(answered, 201);
      },
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/pipelines/{id}/comments/{comment}',
        tags,
        summary: 'Change one’s own words, settle a thread, or open it again',
        middleware: permit('write', 'pipeline'),
        request: { params: place, ...body(z.strictObject({ text: text.optional(), resolved: z.boolean().optional() })) },
        responses: { 200: json(thread, 'The thread.') },
      }),
      (c) => {
        const principal = c.get('principal');
        const { id, comment } = c.req.valid('param');
        const changed = pipelineComments.change(workspaceOf(principal), id, comment, { ...c.req.valid('json'), by: starterOf(principal).name });
        rooms.tell(id, { type: 'comments' });
        return c.json(changed, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/pipelines/{id}/comments/{comment}',
        tags,
        summary: 'Delete one’s own comment; the first one with its thread',
        middleware: permit('write', 'pipeline'),
        request: { params: place },
        responses: { 204: none('Deleted.') },
      }),
      (c) => {
        const principal = c.get('principal');
        const { id, comment } = c.req.valid('param');
        pipelineComments.remove(workspaceOf(principal), id, comment, starterOf(principal).name);
        rooms.tell(id, { type: 'comments' });
        return c.body(null, 204);
      },
    );
