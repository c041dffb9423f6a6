import { createRoute, z } from '@hono/zod-openapi';
import { permit, workspaceOf } from '../auth/guard.ts';
import type { ConnectionItem } from '../connections/kind.ts';
import type { ConnectionView, TestResult } from '../connections/connections.ts';
import { CONNECTION_KINDS } from '../connections/kinds.ts';
import type { Services } from '../services.ts';
import { body, json, none, router, typed } from './router.ts';

export interface ConnectionKindView {
  readonly kind: string;
  readonly title: string;
  readonly summary: string;
  readonly gives: 'files' | 'rows';
  /** Whether Export Data can write there. */
  readonly writes: boolean;
  /** Whether it can be looked through. */
  readonly lists: boolean;
  /** JSON Schema, with title, help and widget of each field. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
  /** The settings that say where the secrets are sent to: a change of one needs the secrets again. */
  readonly secretsGoTo: readonly string[];
}

const tags = ['Connections'];
const name = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'A name has small letters, digits and hyphens, 63 at most, and a hyphen neither first nor last.')
  .openapi({ example: 'warehouse' });
const byName = z.object({ name });
const description = z.string().trim().max(500);
const kind = z.string().max(50).openapi({ example: 'postgresql' });
const settings = z.record(z.string().max(100), z.unknown()).openapi({ description: 'By the schema of its kind.' });
const secrets = z.record(z.string().max(100), z.string().max(10_000)).openapi({
  description:
    'Kept encrypted and never given back. Those that are left out are kept; an empty text takes one away. A change of settings that say where secrets go needs all of them again.',
});
const view = typed<ConnectionView>('A connection, without its secrets.');
const tested = typed<TestResult>('`ok` with what was found, or why it failed.');

/** Connections: sources of data outside of the workspace. */
export const connectionRoutes = ({ connections }: Services) => {
  let kinds: ConnectionKindView[] | null = null;
  return router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/connection-kinds',
        tags,
        summary: 'Kinds of connections with the forms of their settings',
        middleware: permit('read', 'connection'),
        responses: { 200: json(z.object({ items: z.array(typed<ConnectionKindView>('A kind.')) }), 'In the order of the screens.') },
      }),
      (c) => c.json({ items: (kinds ??= CONNECTION_KINDS.map(kindView)) }, 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/connections',
        tags,
        summary: 'Connections by name',
        middleware: permit('read', 'connection'),
        responses: { 200: json(z.object({ items: z.array(view) }), 'All of them.') },
      }),
      (c) => c.json({ items: connections.list(workspaceOf(c.get('principal'))) }, 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/connections',
        tags,
        summary: 'Make a connection',
        middleware: permit('write', 'connection'),
        request: body(z.strictObject({ name, description: description.optional(), kind, settings, secrets: secrets.optional() })),
        responses: { 201: json(view, 'Made; it was not tried.') },
      }),
      (c) => {
        const { name: wanted, ...fields } = c.req.valid('json');
        return c.json(connections.create(workspaceOf(c.get('principal')), wanted, fields), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/connections/test',
        tags,
        summary: 'Try settings that are not saved',
        description:
          'With the name of a connection of the same kind, its secrets are used where none are given, as long as they go to the place that they were given for.',
        middleware: permit('write', 'connection'),
        request: body(z.strictObject({ name: name.optional(), kind, settings, secrets: secrets.optional() })),
        responses: { 200: json(tested, 'How it went.') },
      }),
      async (c) => c.json(await connections.testDraft(workspaceOf(c.get('principal')), c.req.valid('json'), c.req.raw.signal), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/connections/{name}',
        tags,
        summary: 'A connection',
        middleware: permit('read', 'connection'),
        request: { params: byName },
        responses: { 200: json(view, 'The connection.') },
      }),
      (c) => c.json(connections.get(workspaceOf(c.get('principal')), c.req.valid('param').name), 200),
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/connections/{name}',
        tags,
        summary: 'Change a connection',
        description: 'Settings are replaced as a whole. Runs under way that have not read from it yet fail: they were to read from what it was.',
        middleware: permit('write', 'connection'),
        request: {
          params: byName,
          ...body(z.strictObject({ description: description.optional(), settings: settings.optional(), secrets: secrets.optional() })),
        },
        responses: { 200: json(view, 'Changed.') },
      }),
      (c) => c.json(connections.update(workspaceOf(c.get('principal')), c.req.valid('param').name, c.req.valid('json')), 200),
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/connections/{name}',
        tags,
        summary: 'Delete a connection with its secrets',
        description: 'Refused while a pipeline or a run that has not ended names it.',
        middleware: permit('write', 'connection'),
        request: { params: byName },
        responses: { 204: none('Deleted.') },
      }),
      (c) => {
        connections.remove(workspaceOf(c.get('principal')), c.req.valid('param').name);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/connections/{name}/test',
        tags,
        summary: 'Try a connection',
        middleware: permit('write', 'connection'),
        request: { params: byName },
        responses: { 200: json(tested, 'How it went.') },
      }),
      async (c) => c.json(await connections.test(workspaceOf(c.get('principal')), c.req.valid('param').name, c.req.raw.signal), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/connections/{name}/items',
        tags,
        summary: 'Tables, or files and folders, of a connection',
        middleware: permit('read', 'connection'),
        request: {
          params: byName,
          query: z.object({ path: z.string().max(4_000).default('').openapi({ description: 'A folder; empty for the top.' }) }),
        },
        responses: { 200: json(z.object({ items: z.array(typed<ConnectionItem>('A table, view, file or folder.')).readonly() }), 'What is there.') },
      }),
      async (c) => {
        const { name: wanted } = c.req.valid('param');
        const items = await connections.items(workspaceOf(c.get('principal')), wanted, c.req.valid('query').path, c.req.raw.signal);
        return c.json({ items }, 200);
      },
    );
};

const kindView = ({ kind, title, summary, gives, writes, lists, settings, secrets, secretsGoTo }: (typeof CONNECTION_KINDS)[number]): ConnectionKindView => ({
  kind,
  title,
  summary,
  gives,
  writes,
  lists,
  settings: z.toJSONSchema(settings, { io: 'input', unrepresentable: 'any' }),
  secrets: z.toJSONSchema(secrets, { io: 'input', unrepresentable: 'any' }),
  secretsGoTo,
});
