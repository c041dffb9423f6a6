import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRoute, z } from '@hono/zod-openapi';
import type { AnyNode, Catalog, Port } from '#nodes/kit/define.ts';
import { permit } from '../auth/guard.ts';
import { notFound } from '../errors.ts';
import type { Services } from '../services.ts';
import { json, router, typed } from './router.ts';

export interface NodeTypeView {
  readonly type: string;
  readonly title: string;
  readonly category: string;
  readonly family: string;
  readonly version: number;
  readonly summary: string;
  readonly keywords: readonly string[];
  readonly inputs: Readonly<Record<string, Port>>;
  readonly outputs: Readonly<Record<string, Port>>;
  /** JSON Schema. */
  readonly params: Readonly<Record<string, unknown>>;
}

export function nodeTypeView(definition: AnyNode): NodeTypeView {
  const { type, title, category, family, version, summary, keywords, inputs, outputs, params } = definition;
  return {
    type,
    title,
    category,
    family,
    version,
    summary,
    keywords,
    inputs,
    outputs,
    params: z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }),
  };
}

const folder = join(import.meta.dirname, '../../nodes');

/** The folder of a node type, by its place in the families. */
async function readme(type: string, catalog: Catalog): Promise<string> {
  if (!Object.hasOwn(catalog, type)) throw notFound('node type', type);
  const { readdir } = await import('node:fs/promises');
  for (const family of await readdir(folder, { withFileTypes: true })) {
    if (!family.isDirectory()) continue;
    const text = await readFile(join(folder, family.name, type, 'README.md'), 'utf8').catch(() => null);
    if (text !== null) return text;
  }
  throw notFound('help text of node type', type);
}

const tags = ['Node types'];

/** The catalogue of node types. */
export const nodeRoutes = ({ catalog }: Services) => {
  let views: NodeTypeView[] | null = null;
  return router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/nodes',
        tags,
        summary: 'All node types',
        middleware: permit('read', 'node'),
        responses: { 200: json(z.array(typed<NodeTypeView>('A node type.')), 'In the order of the library.') },
      }),
      (c) => c.json((views ??= Object.values(catalog).map(nodeTypeView)), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/nodes/{type}/readme',
        tags,
        summary: 'Help of a node type, as Markdown',
        middleware: permit('read', 'node'),
        request: { params: z.object({ type: z.string().max(100) }) },
        responses: { 200: { content: { 'text/markdown': { schema: z.string() } }, description: 'Markdown.' } },
      }),
      async (c) => c.body(await readme(c.req.valid('param').type, catalog), 200, { 'content-type': 'text/markdown; charset=utf-8' }),
    );
};
