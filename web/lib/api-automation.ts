import type * as T from './api-types.ts';
import type { Query } from './transport.ts';

interface Sending {
  read<R>(path: string, query?: Query, signal?: AbortSignal): Promise<R>;
  send<R = void>(method: string, path: string, body?: unknown): Promise<R>;
}
type Paging = { limit?: number; cursor?: string | null };
const part = encodeURIComponent;

/** Schedules and pipeline endpoints. */
export const automationApi = ({ read, send }: Sending) => ({
  schedules: {
    list: (query: Paging = {}) => read<T.Page<T.Schedule>>('/schedules', query),
    get: (id: string) => read<T.Schedule>(`/schedules/${part(id)}`),
    create: (schedule: T.ScheduleRequest) => send<T.Schedule>('POST', '/schedules', schedule),
    change: (id: string, change: Partial<T.ScheduleRequest> & { enabled?: boolean }) => send<T.Schedule>('PATCH', `/schedules/${part(id)}`, change),
    remove: (id: string) => send('DELETE', `/schedules/${part(id)}`),
    preview: (when: T.When & { timeZone: string; startAt?: string | null; endAt?: string | null; parameters?: Readonly<Record<string, unknown>> }) =>
      send<T.SchedulePreview>('POST', '/schedules/preview', when),
    runNow: (id: string) => send<T.StartedRun>('POST', `/schedules/${part(id)}/runs`),
    firings: (id: string, query: Paging & { backfill?: string } = {}) => read<T.FiringGrid>(`/schedules/${part(id)}/firings`, query),
    backfills: (id: string) => read<{ items: readonly T.Backfill[] }>(`/schedules/${part(id)}/backfills`),
    backfill: (id: string, wanted: { from: string; to: string; missingOnly: boolean; parallel: number }) =>
      send<T.Backfill>('POST', `/schedules/${part(id)}/backfills`, wanted),
    cancelBackfill: (id: string, backfill: string) => send('POST', `/schedules/${part(id)}/backfills/${part(backfill)}/cancel`),
  },
  pipelineEndpoints: {
    list: (query: Paging = {}) => read<T.Page<T.PipelineEndpoint>>('/pipeline-endpoints', query),
    get: (id: string) => read<T.PipelineEndpoint>(`/pipeline-endpoints/${part(id)}`),
    create: (endpoint: {
      name: string;
      description?: string;
      pipelineId: string;
      version?: { description?: string; parameters?: readonly T.PublishedParameter[] };
    }) => send<T.PipelineEndpoint & { token: string }>('POST', '/pipeline-endpoints', endpoint),
    /** Follows the pipeline as it is saved, until a version is published. */
    follow: (endpoint: { name: string; pipelineId: string; parameters?: Readonly<Record<string, unknown>> }) =>
      send<T.PipelineEndpoint & { token: string }>('POST', '/triggers', endpoint),
    change: (id: string, change: Partial<Pick<T.PipelineEndpoint, 'name' | 'description' | 'enabled' | 'defaultVersion' | 'callsPerMinute'>>) =>
      send<T.PipelineEndpoint>('PATCH', `/pipeline-endpoints/${part(id)}`, change),
    remove: (id: string) => send('DELETE', `/pipeline-endpoints/${part(id)}`),
    publish: (id: string, version: { description?: string; parameters?: readonly T.PublishedParameter[]; makeDefault?: boolean }) =>
      send<T.PipelineEndpoint>('POST', `/pipeline-endpoints/${part(id)}/versions`, version),
    changeVersion: (id: string, version: number, change: { enabled?: boolean; description?: string }) =>
      send<T.PipelineEndpoint>('PATCH', `/pipeline-endpoints/${part(id)}/versions/${version}`, change),
    newToken: (id: string, token: { name: string; expiresAt: string | null }) =>
      send<T.EndpointToken & { token: string }>('POST', `/pipeline-endpoints/${part(id)}/tokens`, token),
    rotateToken: (id: string, token: string, wanted: { overlapSeconds: number; expiresAt: string | null }) =>
      send<T.EndpointToken & { token: string }>('POST', `/pipeline-endpoints/${part(id)}/tokens/${part(token)}/rotate`, wanted),
    removeToken: (id: string, token: string) => send('DELETE', `/pipeline-endpoints/${part(id)}/tokens/${part(token)}`),
    newSigningSecret: (id: string, overlapSeconds: number) =>
      send<{ secret: string }>('POST', `/pipeline-endpoints/${part(id)}/signing-secret`, { overlapSeconds }),
    removeSigningSecret: (id: string) => send('DELETE', `/pipeline-endpoints/${part(id)}/signing-secret`),
    setCallback: (id: string, url: string | null, newSecret = false) =>
      send<{ secret: string | null }>('PUT', `/pipeline-endpoints/${part(id)}/callback`, { url, newSecret }),
    calls: (id: string) => read<{ items: readonly T.EndpointCall[] }>(`/pipeline-endpoints/${part(id)}/calls`),
    callbacks: (id: string) => read<{ items: readonly T.CallbackDelivery[] }>(`/pipeline-endpoints/${part(id)}/callbacks`),
  },
});
