import type * as T from './api-types.ts';
import type { Query } from './transport.ts';

interface Sender {
  readonly read: <R>(path: string, query?: Query, signal?: AbortSignal) => Promise<R>;
  readonly send: <R = void>(method: string, path: string, body?: unknown, headers?: Record<string, string>, signal?: AbortSignal) => Promise<R>;
}
const part = encodeURIComponent;
const at = (name: string, version?: number | string): string => `/models/${part(name)}${version === undefined ? '' : `/versions/${version}`}`;

/** The registry of models. */
export const modelsApi = ({ read, send }: Sender) => ({
  list: ({ search, task, archived, limit, cursor }: T.ModelFilter & { limit?: number; cursor?: string | null } = {}) =>
    read<T.Page<T.RegisteredModel>>('/models', { limit, cursor, search: search || undefined, task: task || undefined, archived: archived || undefined }),
  get: (name: string) => read<T.ModelDetail>(at(name)),
  create: (name: string, hash: string, { description = '', aliases = [] }: { description?: string; aliases?: readonly string[] } = {}) =>
    send<{ name: string; version: number }>('POST', '/models', { name, hash, description, aliases }),
  change: (name: string, change: T.ModelTexts) => send<T.ModelDetail>('PATCH', at(name), change),
  changeVersion: (name: string, version: number, change: Omit<T.ModelTexts, 'intendedUse'>) => send<T.ModelVersion>('PATCH', at(name, version), change),
  remove: (name: string) => send('DELETE', at(name)),
  removeVersion: (name: string, version: number) => send('DELETE', at(name, version)),
  uses: (name: string, version: number) => read<T.ModelUses>(`${at(name, version)}/uses`),
  compare: (name: string, versions: readonly number[]) => read<T.ModelComparison>(`${at(name)}/compare`, { versions: versions.join(',') }),
  setAlias: (name: string, alias: string, version: number) => send<T.ModelVersion>('PUT', `${at(name)}/aliases/${part(alias)}`, { version }),
  removeAlias: (name: string, alias: string) => send('DELETE', `${at(name)}/aliases/${part(alias)}`),
  /** How an uploaded ONNX file is read, and what comes of a first scoring. */
  inspect: (file: string, { meaning, rows }: { meaning?: T.ImportedMeaning; rows?: readonly T.RowCells[] } = {}, signal?: AbortSignal) =>
    send<T.ModelInspection>('POST', `/files/${part(file)}/inspect-model`, { meaning, rows }, {}, signal),
  registerFile: (
    file: string,
    request: { name: string; meaning: T.ImportedMeaning; description: string; aliases: readonly string[]; rows?: readonly T.RowCells[] },
  ) => send<{ name: string; version: number }>('POST', `/files/${part(file)}/register-model`, request),
  /** Puts a version behind an endpoint, which is made when its name is new. */
  deploy: (name: string, version: number, endpoint: string) =>
    send<unknown>('POST', `/endpoints/${part(endpoint)}/deployments`, { source: { type: 'model', name, version: String(version) } }),
  onnxUrl: (name: string, version: number) => `/api/v1${at(name, version)}/content`,
  mlflowUrl: (name: string, version: number) => `/api/v1${at(name, version)}/mlmodel`,
});
