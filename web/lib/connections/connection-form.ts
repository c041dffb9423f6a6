import { isShown } from '#nodes/kit/params.ts';
import { ApiError } from '../api-error.ts';
import type { Connection, ConnectionField, ConnectionForm, ConnectionKind } from '../api-types.ts';

export interface FormField {
  readonly name: string;
  readonly field: ConnectionField;
}

export type FormValues = Record<string, string | boolean>;

/** What is typed: numbers are texts until they are sent. */
const shown = (value: string | number | boolean | undefined): string | boolean => (typeof value === 'boolean' ? value : String(value ?? ''));

export const fieldsOf = ({ properties = {} }: ConnectionForm): FormField[] => Object.entries(properties).map(([name, field]) => ({ name, field }));

/** The fields as they are at first: of a connection, or the kind's defaults. */
export const valuesOf = ({ settings }: ConnectionKind, connection: Connection | null): FormValues =>
  Object.fromEntries(fieldsOf(settings).map(({ name, field }) => [name, shown(connection?.settings[name] ?? field.default)]));

/** Those that the other fields leave of use. */
export const visibleFields = (fields: readonly FormField[], values: FormValues): FormField[] =>
  fields.filter(({ field }) => isShown(field, (name) => fields.find((each) => each.name === name)?.field, values));

/** What is wrong with a number that is typed, or null. */
export function problemOf({ widget, minimum, maximum }: ConnectionField, value: string | boolean | undefined): string | null {
  if (widget?.kind !== 'number') return null;
  const number = Number(value);
  if (String(value).trim() === '' || !Number.isInteger(number)) return 'Give a whole number.';
  if ((minimum !== undefined && number < minimum) || (maximum !== undefined && number > maximum)) return `From ${minimum} to ${maximum}.`;
  return null;
}

/** Values as they are sent. */
export const settingsOf = ({ settings }: ConnectionKind, values: FormValues): Record<string, string | number | boolean> =>
  Object.fromEntries(fieldsOf(settings).map(({ name, field }) => [name, field.widget?.kind === 'number' ? Number(values[name]) : (values[name] ?? '')]));

/** The kept secrets go elsewhere with what is typed now, so that they have to be given again. */
export const isMoved = (kind: ConnectionKind, connection: Connection, values: FormValues): boolean =>
  kind.kind === connection.kind && kind.secretsGoTo.some((name) => values[name] !== valuesOf(kind, connection)[name]);

/** What an answer says of single fields, by part and name, such as `secrets/password`. */
export function fieldErrorsOf(error: unknown): ReadonlyMap<string, string> {
  const { errors } = (error instanceof ApiError ? error.body : {}) as { readonly errors?: readonly { pointer: string; detail: string }[] };
  return new Map((errors ?? []).map(({ pointer, detail }) => [pointer.slice(1), detail]));
}

/** One line that tells a connection from others: where it leads. */
export function placeOf({ kind, settings }: Connection): string {
  const { host, port, database, folder, file, url, bucket, endpoint } = settings;
  if (host) return `${host}:${port}${database ? `/${database}` : ''}`;
  return String([endpoint, bucket].filter(Boolean).join('/') || folder || file || url || kind);
}
