import type { paramMetas } from '#nodes/kit/params.ts';
import type { DocumentNode } from '#pipelines/document.ts';

type Param = Pick<ReturnType<typeof paramMetas>[number], 'name' | 'schema' | 'default'>;

/**
 * What a field shows: the parameter as its schema reads it. A wrong number or text stays as it is, to be mended; of what has another shape
 * than the field can draw, as in a file made elsewhere, the default is shown beside the problem.
 */
export function fieldValue({ name, schema, default: fallback }: Param, { params }: Pick<DocumentNode, 'params'>): unknown {
  const given = Object.hasOwn(params, name) ? params[name] : undefined;
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  return typeof given === 'object' || typeof given !== typeof fallback ? fallback : given;
}

export const fieldValues = (all: readonly Param[], node: Pick<DocumentNode, 'params'>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(all.map((each) => [each.name, fieldValue(each, node)]));
