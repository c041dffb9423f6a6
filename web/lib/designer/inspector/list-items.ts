import { z } from 'zod';
import type { ListField } from '#nodes/kit/params.ts';

export type ListItem = Readonly<Record<string, unknown>>;

/** A new item with the defaults of its fields; `schema` is that of the list. */
export function emptyItem(schema: z.ZodType): ListItem {
  const list = schema instanceof z.ZodDefault ? schema.unwrap() : schema;
  return list instanceof z.ZodArray ? ((list.element as z.ZodType).parse({}) as ListItem) : {};
}

export const added = (items: readonly ListItem[], item: ListItem): readonly ListItem[] => [...items, item];
export const removed = (items: readonly ListItem[], index: number): readonly ListItem[] => items.filter((_, at) => at !== index);
export const changed = (items: readonly ListItem[], index: number, field: string, value: unknown): readonly ListItem[] =>
  items.map((each, at) => (at === index ? { ...each, [field]: value } : each));

/** The list with one item at another place. */
export function moved(items: readonly ListItem[], from: number, to: number): readonly ListItem[] {
  const rest = removed(items, from);
  return [...rest.slice(0, to), items[from]!, ...rest.slice(to)];
}

/** The fields that an item shows with the values it has. */
export const shownFields = (fields: readonly ListField[], item: ListItem): readonly ListField[] =>
  fields.filter(({ shownWhen }) => !shownWhen || shownWhen.is.includes(String(item[shownWhen.field])));

/** Titles beyond this many letters would be cut in half a line of the narrowest inspector. */
const HALF_LINE = 14;
/** Whether a field needs a whole line, so that its choices can be told apart. */
export const isWide = (field: ListField): boolean => field.as === 'choice' && field.options.some(({ title }) => title.length > HALF_LINE);
