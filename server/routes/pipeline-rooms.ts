import { createRoute, z } from '@hono/zod-openapi';
import type { RoomEvent } from '../assets/pipeline-rooms.ts';
import { permit, starterOf, workspaceOf } from '../auth/guard.ts';
import type { Services } from '../services.ts';
import { EventStreams } from './event-stream.ts';
import { body, byId, none, router } from './router.ts';

const tags = ['Pipelines'];
const client = z
  .string()
  .regex(/^[A-Za-z0-9-]{8,64}$/, 'Letters, digits and hyphens, at least eight.')
  .openapi({ description: 'The tab; chosen by it, at random.' });

async function* withRevision(events: AsyncIterable<RoomEvent>, revision: () => number): AsyncGenerator<RoomEvent> {
  let first = true;
  for await (const event of events) {
    yield event;
    // Only now, having joined, nothing can be missed between what is told here and what is told later.
    if (first) yield { type: 'saved', revision: revision(), by: '' };
    first = false;
  }
}

/** Who has a pipeline open, and what others save meanwhile. */
export const pipelineRoomRoutes = ({ pipelines, rooms }: Services) => {
  const streams = new EventStreams();
  return router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/pipelines/{id}/events',
        tags,
        summary: 'Who has the pipeline open, and each save (Server-Sent Events)',
        middleware: permit('read', 'pipeline'),
        request: { params: byId, query: z.object({ client }) },
        responses: {
          200: {
            content: { 'text/event-stream': { schema: z.string() } },
            description:
              '`people` with all who have it open, `saved` with the newest revision (first that of now, by nobody), `comments` whenever something is said about a node, `removed`. Hanging up is leaving.',
          },
        },
      }),
      (c) => {
        const principal = c.get('principal');
        const workspaceId = workspaceOf(principal);
        const { id } = pipelines.get(workspaceId, c.req.valid('param').id);
        const person = { client: c.req.valid('query').client, name: starterOf(principal).name, node: null };
        return streams.answer(
          c,
          (signal) => withRevision(rooms.join(id, person, signal), () => pipelines.get(workspaceId, id).revision),
          (event) => ({ event: event.type, data: JSON.stringify(event) }),
        ) as never;
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/pipelines/{id}/presence',
        tags,
        summary: 'Tell which node one looks at',
        middleware: permit('read', 'pipeline'),
        request: { params: byId, ...body(z.strictObject({ client, node: z.string().min(1).max(64).nullable() })) },
        responses: { 204: none('The others know; or the tab does not follow the events of this pipeline, and nobody is told.') },
      }),
      (c) => {
        const { id } = pipelines.get(workspaceOf(c.get('principal')), c.req.valid('param').id);
        const place = c.req.valid('json');
        rooms.move(id, place.client, place.node);
        return c.body(null, 204);
      },
    );
};
