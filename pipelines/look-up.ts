import type { AnyNode, Catalog, Port, Ports } from '#nodes/kit/define.ts';

/** The value under an own key: names in files may be those of properties that every object has. */
export function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

export const nodeType = (catalog: Catalog, type: string | undefined): AnyNode | undefined => (type === undefined ? undefined : own(catalog, type));

export const portOf = (definition: AnyNode | undefined, side: 'inputs' | 'outputs', port: string): Port | undefined =>
  own(definition?.[side] as Ports | undefined, port);
