import { z } from 'zod';
import { columnSelection, type ColumnSelection } from './columns.ts';
import type { ColumnType } from './table.ts';

/** What a code field holds; `expression` is the language of kit/expression over the table on the field's `port`. */
export type CodeLanguage = 'sql' | 'csv' | 'json' | 'expression';

/** How the inspector draws a parameter; part of the parameter's zod metadata, so one object serves form, check, API and docs. */
export type Widget =
  | { kind: 'number'; step?: number; unit?: string }
  | { kind: 'numbers' }
  | { kind: 'text'; placeholder?: string; browse?: string }
  | { kind: 'code'; language: CodeLanguage; port?: string }
  | { kind: 'choice'; options: readonly { value: string; title: string }[] }
  | { kind: 'switch' }
  | { kind: 'columns'; port: string; types?: readonly ColumnType[]; favour?: 'missing' | 'text' | 'number' }
  | { kind: 'column'; port: string; types?: readonly ColumnType[]; optional?: boolean }
  | { kind: 'list'; port: string; item: string; fields: readonly ListField[] }
  | { kind: 'dataset' }
  | { kind: 'file' }
  | { kind: 'connection' }
  | { kind: 'model' }
  | { kind: 'secret' };

/** One thing that each item of a list says: a column of the table on the list's port, one of a few values, a text or a number. */
export type ListField = {
  readonly name: string;
  readonly title: string;
  /** Shown only while another field of the item has one of these values. */
  readonly shownWhen?: { readonly field: string; readonly is: readonly string[] };
} & (
  | { readonly as: 'column'; readonly types?: readonly ColumnType[]; readonly optional?: boolean }
  | { readonly as: 'choice'; readonly options: readonly { readonly value: string; readonly title: string }[] }
  | { readonly as: 'text'; readonly placeholder?: string }
  | { readonly as: 'number'; readonly minimum: number; readonly maximum: number; readonly step: number }
);

export interface ParamMeta {
  title: string;
  help?: string;
  widget: Widget;
  /** Shown only while another parameter has one of these values. */
  shownWhen?: { param: string; is: readonly (string | number | boolean)[] };
  /** Folded away until asked for. */
  advanced?: boolean;
}

type Common = Omit<ParamMeta, 'widget'>;

const field = <S extends z.ZodType>(schema: S, widget: Widget, { title, help, shownWhen, advanced }: Common): S =>
  schema.meta({ title, description: help, widget, shownWhen, advanced }) as S;

export const number = (common: Common & { default: number; minimum?: number; maximum?: number; above?: number; step?: number; unit?: string }) => {
  let schema = z.number();
  if (common.minimum !== undefined) schema = schema.min(common.minimum);
  if (common.above !== undefined) schema = schema.gt(common.above);
  if (common.maximum !== undefined) schema = schema.max(common.maximum);
  return field(schema.default(common.default), { kind: 'number', step: common.step, unit: common.unit }, common);
};

export const integer = (common: Common & { default: number; minimum?: number; maximum?: number; unit?: string }) => {
  let schema = z.int();
  if (common.minimum !== undefined) schema = schema.min(common.minimum);
  if (common.maximum !== undefined) schema = schema.max(common.maximum);
  return field(schema.default(common.default), { kind: 'number', step: 1, unit: common.unit }, common);
};

/** A list of numbers, such as the values to try of another parameter. */
export const numbers = (
  common: Common & {
    default: readonly number[];
    minimum?: number;
    maximum?: number;
    above?: number;
    whole?: boolean;
    minimumCount?: number;
    maximumCount?: number;
  },
) => {
  let each = common.whole ? z.int() : z.number();
  if (common.minimum !== undefined) each = each.min(common.minimum);
  if (common.above !== undefined) each = each.gt(common.above);
  if (common.maximum !== undefined) each = each.max(common.maximum);
  const list = z
    .array(each)
    .min(common.minimumCount ?? 1)
    .max(common.maximumCount ?? 100);
  return field(list.default([...common.default]), { kind: 'numbers' }, common);
};

/** Create trainer mode: whether a learner gives one set of values, or ranges for Tune Model Hyperparameters to try. */
export const trainerMode = () =>
  choice({
    title: 'Create trainer mode',
    help: 'A range gives several values to try; Tune Model Hyperparameters tries them. Train Model takes the single values.',
    options: { single: 'Single parameter', range: 'Parameter range' },
    default: 'single',
  });

/** The values to try of a parameter; shown when the mode is a range. Name it as the parameter, followed by `Range`. */
export const range = (common: Omit<Parameters<typeof numbers>[0], 'shownWhen' | 'help'> & { help?: string }) =>
  numbers({ help: 'The values to try, separated by commas.', ...common, shownWhen: { param: 'mode', is: ['range'] } });

/** A seed; equal seeds give equal bytes. */
export const seed = (common: Partial<Common> & { default?: number } = {}) =>
  integer({ title: 'Random seed', help: 'The same seed gives the same result.', default: 0, minimum: 0, maximum: 2 ** 31 - 1, advanced: true, ...common });

export const flag = (common: Common & { default: boolean }) => field(z.boolean().default(common.default), { kind: 'switch' }, common);

/** A text; `browse` names the parameter with the connection whose tables or files may be looked through for it. */
export const text = (common: Common & { default: string; maximum?: number; placeholder?: string; browse?: string }) =>
  field(
    z
      .string()
      .max(common.maximum ?? 10_000)
      .default(common.default),
    { kind: 'text', placeholder: common.placeholder, browse: common.browse },
    common,
  );

export const code = (common: Common & { default: string; language: CodeLanguage; port?: string; maximum?: number }) =>
  field(
    z
      .string()
      .max(common.maximum ?? 1_000_000)
      .default(common.default),
    { kind: 'code', language: common.language, port: common.port },
    common,
  );

/** One of a few values; `options` maps value → title in screen order. */
export const choice = <const O extends Record<string, string>>(common: Common & { options: O; default: keyof O & string }) => {
  const values = Object.keys(common.options) as (keyof O & string)[];
  return field(
    z.enum(values).default(common.default as never),
    { kind: 'choice', options: values.map((value) => ({ value, title: common.options[value]! })) },
    common,
  );
};

/** Several columns of the table on `port`. */
export const columns = (common: Common & { port: string; types?: readonly ColumnType[]; favour?: 'missing' | 'text' | 'number'; default: ColumnSelection }) =>
  field(columnSelection.default(common.default), { kind: 'columns', port: common.port, types: common.types, favour: common.favour }, common);

/** One column of the table on `port`; the empty string means none chosen. */
export const oneColumn = (common: Common & { port: string; types?: readonly ColumnType[]; optional?: boolean; default?: string }) =>
  field(z.string().default(common.default ?? ''), { kind: 'column', port: common.port, types: common.types, optional: common.optional }, common);

/**
 * A list of things, each of a few fields, such as aggregations or sort keys. `schema` is that of an item, whose fields all have a default; `fields`
 * says how each is drawn; `item` names one, as in “Add an aggregation”.
 */
export const list = <S extends z.ZodObject>(
  common: Common & { port: string; item: string; schema: S; fields: readonly ListField[]; maximumCount?: number },
): z.ZodDefault<z.ZodArray<S>> =>
  field(
    z
      .array(common.schema)
      .max(common.maximumCount ?? 1_000)
      .default([]),
    { kind: 'list', port: common.port, item: common.item, fields: common.fields },
    common,
  );

/** A dataset of the workspace; version null = the latest one when the run starts. */
export const dataset = (common: Common) =>
  field(z.object({ name: z.string(), version: z.int().min(1).nullable().default(null) }).default({ name: '', version: null }), { kind: 'dataset' }, common);

/** An uploaded file of the workspace, by its id; the empty string means none chosen. */
export const file = (common: Common) => field(z.object({ id: z.string(), name: z.string() }).default({ id: '', name: '' }), { kind: 'file' }, common);

/** A registered model: a version's number, an alias, or `latest`, which is settled when a run starts. */
export const model = (common: Common) =>
  field(
    z.object({ name: z.string().max(100), version: z.string().max(50).default('latest') }).default({ name: '', version: 'latest' }),
    { kind: 'model' },
    common,
  );

/** A connection of the workspace, by its name; the empty string means none chosen. */
export const connection = (common: Common) => field(z.string().max(100).default(''), { kind: 'connection' }, common);

/** A text that is kept encrypted and never shown again; for settings of connections, not of nodes. */
export const secret = (common: Common) => field(z.string().max(10_000).default(''), { kind: 'secret' }, common);

/** Whether a parameter counts: what it depends on has one of its values, and counts itself. */
export function isShown(
  { shownWhen }: Pick<ParamMeta, 'shownWhen'>,
  metaOf: (name: string) => Pick<ParamMeta, 'shownWhen'> | undefined,
  values: Readonly<Record<string, unknown>>,
): boolean {
  if (!shownWhen) return true;
  if (!shownWhen.is.some((each) => each === values[shownWhen.param])) return false;
  return isShown(metaOf(shownWhen.param) ?? {}, metaOf, values);
}

/** The metadata of each parameter of an object schema, in screen order. */
export function paramMetas(params: z.ZodObject): { name: string; meta: ParamMeta; schema: z.ZodType; default: unknown }[] {
  const defaults = params.parse({}) as Record<string, unknown>;
  return Object.entries(params.shape).map(([name, schema]) => {
    const { title, description, widget, shownWhen, advanced } = (schema as z.ZodType).meta() as unknown as ParamMeta & { description?: string };
    return { name, meta: { title, help: description, widget, shownWhen, advanced }, schema: schema as z.ZodType, default: defaults[name] };
  });
}
