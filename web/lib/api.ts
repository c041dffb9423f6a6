import { getContext, setContext } from 'svelte';
import type { QueryCheck } from '#nodes/kit/define.ts';
import type { Report } from '#nodes/kit/reports.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import type { QueryQuestion } from '#pipelines/known-queries.ts';
import type { PlacedIssue } from './api-error.ts';
import { automationApi } from './api-automation.ts';
import { endpointRequestsApi } from './api-endpoint-requests.ts';
import { loadTestApi } from './api-load-test.ts';
import type * as E from './api-endpoint-types.ts';
import type { CommentThread } from './api-comment-types.ts';
import type { SubPipeline } from './api-sub-pipeline-types.ts';
import type * as T from './api-types.ts';
import { modelsApi } from './api-models.ts';
import { Transport, withQuery, type Query } from './transport.ts';

export { ApiError, ConnectionError, type PlacedIssue } from './api-error.ts';

const BASE = '/api/v1';
const part = encodeURIComponent;
type Paging = { limit?: number; cursor?: string | null };

/** The server, as the pages see it: one method for each thing that can be asked. Every refusal is thrown as an ApiError. */
export function createApi(fetching: typeof fetch = (...args) => fetch(...args)) {
  const transport = new Transport(fetching);
  const read = <R>(path: string, query?: Query, signal?: AbortSignal) => transport.read<R>(BASE + path, query, signal);
  const send = <R = void>(method: string, path: string, body?: unknown, headers?: Record<string, string>, signal?: AbortSignal) =>
    transport.send<R>(method, BASE + path, body, headers, signal);

  return {
    transport,
    session: {
      get: () => read<T.Session>('/session'),
      signIn: (token: string) => send('POST', '/session', { token }),
      signOut: () => send('DELETE', '/session'),
    },
    tokens: {
      list: () => read<{ items: T.ApiToken[] }>('/tokens'),
      create: (name: string) => send<T.ApiToken & { token: string }>('POST', '/tokens', { name }),
      remove: (id: string) => send('DELETE', `/tokens/${part(id)}`),
    },
    nodes: {
      list: () => read<T.NodeTypeInfo[]>('/nodes'),
      readme: async (type: string) => (await transport.response('GET', `${BASE}/nodes/${part(type)}/readme`)).text(),
    },
    pipelines: {
      list: (query: Paging & { search?: string } = {}, signal?: AbortSignal) => read<T.Page<T.PipelineSummary>>('/pipelines', query, signal),
      create: (document: unknown) => send<T.Pipeline>('POST', '/pipelines', { document }),
      get: (id: string) => read<T.Pipeline>(`/pipelines/${part(id)}`),
      /** Throws an ApiError of status 412, with the other one's pipeline as its body, when another saved first. */
      save: (id: string, revision: number, document: PipelineDocument) =>
        send<{ revision: number; updatedAt: string }>('PUT', `/pipelines/${part(id)}`, { document }, { 'if-match': `"${revision}"` }),
      remove: (id: string) => send('DELETE', `/pipelines/${part(id)}`),
      clone: (id: string) => send<T.Pipeline>('POST', `/pipelines/${part(id)}/clone`),
      exportUrl: (id: string) => `${BASE}/pipelines/${part(id)}/export`,
      scriptUrl: (id: string) => `${BASE}/pipelines/${part(id)}/script`,
      check: (id: string) => send<{ issues: PlacedIssue[] }>('POST', `/pipelines/${part(id)}/check`),
      plan: (id: string, { scope = { kind: 'all' }, source }: Pick<T.RunRequest, 'scope' | 'source'> = {}, signal?: AbortSignal) =>
        read<{ steps: T.PlanStep[] }>(
          `/pipelines/${part(id)}/plan`,
          { scope: scope.kind, node: scope.node, source: source?.kind, run: source?.kind === 'run' ? source.run : undefined },
          signal,
        ),
      state: (id: string) => read<T.PipelineState>(`/pipelines/${part(id)}/state`),
      run: (id: string, request: T.RunRequest = {}) =>
        send<T.StartedRun>('POST', `/pipelines/${part(id)}/runs`, request, { 'idempotency-key': crypto.randomUUID() }),
      eventsUrl: (id: string, client: string) => withQuery(`${BASE}/pipelines/${part(id)}/events`, { client }),
      presence: (id: string, place: { client: string; node: string | null }) => send('POST', `/pipelines/${part(id)}/presence`, place),
      comments: {
        list: (id: string) => read<{ items: CommentThread[] }>(`/pipelines/${part(id)}/comments`),
        begin: (id: string, node: string, text: string) => send<CommentThread>('POST', `/pipelines/${part(id)}/comments`, { node, text }),
        answer: (id: string, thread: string, text: string) => send<CommentThread>('POST', `/pipelines/${part(id)}/comments/${part(thread)}/answers`, { text }),
        change: (id: string, comment: string, change: { text?: string; resolved?: boolean }) =>
          send<CommentThread>('PATCH', `/pipelines/${part(id)}/comments/${part(comment)}`, change),
        remove: (id: string, comment: string) => send('DELETE', `/pipelines/${part(id)}/comments/${part(comment)}`),
      },
      versions: {
        list: (id: string, query: Paging = {}) => read<T.Page<T.PipelineVersion>>(`/pipelines/${part(id)}/versions`, query),
        get: (id: string, version: string) => read<T.PipelineVersion & { document: PipelineDocument }>(`/pipelines/${part(id)}/versions/${part(version)}`),
        /** Names the pipeline as it is saved; refused with 412 when another saved since `revision`. */
        name: (id: string, named: { name: string; description?: string; revision?: number }) =>
          send<T.PipelineVersion>('POST', `/pipelines/${part(id)}/versions`, named),
        rename: (id: string, version: string, named: { name: string; description?: string }) =>
          send<T.PipelineVersion>('PATCH', `/pipelines/${part(id)}/versions/${part(version)}`, named),
        unname: (id: string, version: string) => send('DELETE', `/pipelines/${part(id)}/versions/${part(version)}`),
        clone: (id: string, version: string) => send<T.Pipeline>('POST', `/pipelines/${part(id)}/versions/${part(version)}/clone`),
        exportUrl: (id: string, version: string) => `${BASE}/pipelines/${part(id)}/versions/${part(version)}/export`,
      },
      inference: (id: string, { model, as }: { model?: string; as?: 'real-time' | 'batch' } = {}) =>
        send<T.Pipeline>('POST', `/pipelines/${part(id)}/inference`, { model, as }),
      deploy: (id: string, endpoint: string) => send<{ endpoint: string; deployment: string }>('POST', `/pipelines/${part(id)}/deploy`, { endpoint }),
    },
    subPipelines: () => read<{ items: SubPipeline[] }>('/sub-pipelines'),
    samples: {
      list: () => read<{ items: T.SampleSummary[] }>('/samples'),
      open: (id: string) => send<T.Pipeline>('POST', `/samples/${part(id)}/open`),
      datasets: () => read<{ items: T.SampleDataset[] }>('/samples/datasets'),
      addDataset: (name: string) => send<T.DatasetDetail>('POST', `/samples/datasets/${part(name)}/add`),
    },
    runs: {
      list: (query: Paging & { pipeline?: string; status?: string } = {}, signal?: AbortSignal) => read<T.Page<T.RunSummary>>('/runs', query, signal),
      get: (id: string) => read<T.Run>(`/runs/${part(id)}`),
      eventsUrl: (id: string, after = 0) => withQuery(`${BASE}/runs/${part(id)}/events`, { after }),
      cancel: (id: string) => send<unknown>('POST', `/runs/${part(id)}/cancel`),
      resume: (id: string) => send<T.StartedRun>('POST', `/runs/${part(id)}/resume`),
      waiting: (id: string, signal?: AbortSignal) => read<T.RunWaiting>(`/runs/${part(id)}/waiting`, {}, signal),
      logs: (id: string, node?: string) => read<{ items: T.LogLine[] }>(`/runs/${part(id)}/logs`, { node }),
      remove: (id: string) => send('DELETE', `/runs/${part(id)}`),
    },
    queries: {
      describe: (question: QueryQuestion, signal?: AbortSignal) => send<QueryCheck>('POST', '/queries/describe', question, {}, signal),
    },
    artifacts: {
      get: (hash: string) => read<T.Artifact>(`/artifacts/${part(hash)}`),
      rows: (
        hash: string,
        query: {
          offset: number;
          limit: number;
          firstColumn?: number;
          columnLimit?: number;
          sort?: string;
          descending?: boolean;
          search?: string;
          filters?: string;
        },
        signal?: AbortSignal,
      ) => read<T.Rows>(`/artifacts/${part(hash)}/rows`, query, signal),
      profile: (hash: string, signal?: AbortSignal) => read<T.TableProfile>(`/artifacts/${part(hash)}/profile`, {}, signal),
      correlation: (hash: string) => read<T.CorrelationMatrix>(`/artifacts/${part(hash)}/correlation`),
      pairs: (hash: string, x: string, y: string) => read<T.Pairs>(`/artifacts/${part(hash)}/pairs`, { x, y }),
      missing: (hash: string) => read<T.MissingMap>(`/artifacts/${part(hash)}/missing`),
      /** How many rows of the table find a partner in `other`. */
      joinRates: (hash: string, other: string, keys: { left: readonly string[]; right: readonly string[]; matchCase: boolean }, signal?: AbortSignal) =>
        read<T.JoinRates>(`/artifacts/${part(hash)}/join-rates`, { with: other, ...keys }, signal),
      /** The table beside the one before. */
      comparison: (hash: string, before: string, signal?: AbortSignal) =>
        read<T.TableComparison>(`/artifacts/${part(hash)}/comparison`, { against: before }, signal),
      diff: (hash: string, before: string, key: readonly string[], signal?: AbortSignal) =>
        read<T.TablesDiff>(`/artifacts/${part(hash)}/diff`, { against: before, key }, signal),
      report: (hash: string) => read<Report>(`/artifacts/${part(hash)}/report`),
      model: (hash: string) => read<T.ModelView>(`/artifacts/${part(hash)}/model`),
      contentUrl: (hash: string, format?: 'csv', name?: string) => withQuery(`${BASE}/artifacts/${part(hash)}/content`, { format, name }),
    },
    datasets: {
      list: (query: Paging = {}) => read<T.Page<T.Dataset>>('/datasets', query),
      get: (name: string) => read<T.DatasetDetail>(`/datasets/${part(name)}`),
      /** A new version of an uploaded file when the name is known, else a new dataset. */
      make: (name: string, from: T.FileReading & { file: string; description?: string }, signal?: AbortSignal) =>
        send<T.DatasetVersion>('POST', `/datasets/${part(name)}/versions`, from, {}, signal),
      remove: (name: string) => send('DELETE', `/datasets/${part(name)}`),
      change: (name: string, details: { description?: string; tags?: readonly string[]; licence?: string }) =>
        send<T.DatasetDetail>('PATCH', `/datasets/${part(name)}`, details),
      removeVersion: (name: string, version: number) => send('DELETE', `/datasets/${part(name)}/versions/${version}`),
      describeVersion: (name: string, version: number, description: string) =>
        send<T.DatasetVersion>('PATCH', `/datasets/${part(name)}/versions/${version}`, { description }),
      lineage: (name: string, version: number) => read<T.DatasetLineage>(`/datasets/${part(name)}/versions/${version}/lineage`),
      croissantUrl: (name: string) => `${BASE}/datasets/${part(name)}/croissant.json`,
    },
    files: {
      get: (id: string) => read<T.UploadedFile>(`/files/${part(id)}`),
      preview: (id: string, reading: T.FileReading, signal?: AbortSignal) => send<T.FilePreview>('POST', `/files/${part(id)}/preview`, reading, {}, signal),
      /** The files of an archive, and the sheets of a workbook or of the one that is `member`. */
      parts: (id: string, member?: string, signal?: AbortSignal) => read<T.FileParts>(`/files/${part(id)}/parts`, { member }, signal),
      remove: (id: string) => send('DELETE', `/files/${part(id)}`),
    },
    uploads: {
      /** Makes a file of an upload whose bytes are all there. */
      finish: (id: string, readSchema: boolean) => send<T.UploadedFile>('POST', `/uploads/${part(id)}/file?schema=${readSchema ? 'read' : 'skip'}`),
    },
    models: modelsApi({ read, send }),
    endpoints: {
      list: (query: Paging = {}) => read<T.Page<T.Endpoint>>('/endpoints', query),
      get: (name: string, signal?: AbortSignal) => read<T.Endpoint>(`/endpoints/${part(name)}`, {}, signal),
      keys: (name: string) => read<T.EndpointKeys>(`/endpoints/${part(name)}/key`),
      rotate: (name: string, which: 'primary' | 'secondary') => send<T.EndpointKeys>('POST', `/endpoints/${part(name)}/keys/rotate`, { which }),
      rollback: (name: string) => send<unknown>('POST', `/endpoints/${part(name)}/rollback`),
      remove: (name: string) => send('DELETE', `/endpoints/${part(name)}`),
      deploy: (
        name: string,
        plan: {
          source: E.DeploymentSource;
          name?: string | null;
          mode?: 'live' | 'shadow';
          weight?: number;
          settings?: Partial<E.DeploymentSettings>;
        },
      ) => send<E.Endpoint>('POST', `/endpoints/${part(name)}/deployments`, plan),
      split: (name: string, weights: Record<string, number>) => send<E.Endpoint>('PUT', `/endpoints/${part(name)}/traffic`, { weights }),
      promote: (name: string, deployment: string) => send<E.Endpoint>('POST', `/endpoints/${part(name)}/deployments/${part(deployment)}/promote`),
      changeDeployment: (name: string, deployment: string, change: { settings?: Partial<E.DeploymentSettings>; shadow?: boolean; running?: boolean }) =>
        send<E.Endpoint>('PATCH', `/endpoints/${part(name)}/deployments/${part(deployment)}`, change),
      changeSettings: (name: string, change: { autoRollback?: E.AutoRollback; requestLog?: E.RequestLogSettings; paused?: boolean }) =>
        send<E.Endpoint>('PATCH', `/endpoints/${part(name)}`, change),
      events: (name: string) => read<{ items: readonly E.EndpointEvent[] }>(`/endpoints/${part(name)}/events`),
      traffic: (name: string, range: E.TrafficRange) => read<E.TrafficHistory>(`/endpoints/${part(name)}/traffic`, { range }),
      monitoring: (name: string, range: E.TrafficRange) => read<E.MonitoringReport>(`/endpoints/${part(name)}/monitoring`, { range }),
      alerts: (name: string) => read<E.Alerts>(`/endpoints/${part(name)}/alerts`),
      makeAlert: (name: string, alert: { name: string; rule: E.AlertRule }) =>
        send<E.Alert & { secret: string | null }>('POST', `/endpoints/${part(name)}/alerts`, alert),
      changeAlert: (name: string, id: string, change: { enabled?: boolean; name?: string; rule?: E.AlertRule }) =>
        send<E.Alert>('PATCH', `/endpoints/${part(name)}/alerts/${part(id)}`, change),
      removeAlert: (name: string, id: string) => send('DELETE', `/endpoints/${part(name)}/alerts/${part(id)}`),
      testAlert: (name: string, id: string) => send<E.AlertEvent>('POST', `/endpoints/${part(name)}/alerts/${part(id)}/test`),
      removeDeployment: (name: string, deployment: string) => send('DELETE', `/endpoints/${part(name)}/deployments/${part(deployment)}`),
      openapiUrl: (name: string) => `${BASE}/endpoints/${part(name)}/openapi.json`,
      /** Scores with the session; gives the answer and the milliseconds that the server took. */
      score: async (name: string, body: string, signal?: AbortSignal) => {
        const response = await transport.response('POST', `${BASE}/endpoints/${part(name)}/score`, {
          body,
          headers: { 'content-type': 'application/json' },
          signal,
        });
        const milliseconds = Number(response.headers.get('x-modelwright-milliseconds') ?? Number.NaN);
        return { status: response.status, milliseconds: Number.isFinite(milliseconds) ? milliseconds : null, answer: (await response.json()) as unknown };
      },
    },
    endpointRequests: endpointRequestsApi({ read, send }),
    loadTest: loadTestApi({ read, send }),
    ...automationApi({ read, send }),
    connections: {
      kinds: () => read<{ items: readonly T.ConnectionKind[] }>('/connection-kinds'),
      list: () => read<{ items: readonly T.Connection[] }>('/connections'),
      create: (connection: T.ConnectionChange & Pick<T.Connection, 'name' | 'kind'>) => send<T.Connection>('POST', '/connections', connection),
      change: (name: string, change: T.ConnectionChange) => send<T.Connection>('PATCH', `/connections/${part(name)}`, change),
      remove: (name: string) => send('DELETE', `/connections/${part(name)}`),
      test: (name: string) => send<T.ConnectionTest>('POST', `/connections/${part(name)}/test`),
      /** Tries settings that are not saved; with a name, the secrets kept for it count where none are given. */
      tryOut: (draft: Omit<T.ConnectionChange, 'description'> & { kind: string; name?: string }) => send<T.ConnectionTest>('POST', '/connections/test', draft),
      items: (name: string, path: string, signal?: AbortSignal) =>
        read<{ items: readonly T.ConnectionItem[] }>(`/connections/${part(name)}/items`, { path }, signal),
    },
    computes: {
      list: (signal?: AbortSignal) => read<{ items: T.Compute[] }>('/computes', {}, signal),
      get: (name: string, signal?: AbortSignal) => read<T.Compute>(`/computes/${part(name)}`, {}, signal),
      create: (compute: Pick<T.Compute, 'name' | 'slots' | 'memoryMegabytes'> & Partial<Pick<T.Compute, 'description' | 'threads'>>) =>
        send<T.Compute>('POST', '/computes', compute),
      change: (name: string, change: Pick<T.Compute, 'slots' | 'threads' | 'memoryMegabytes'> & Partial<Pick<T.Compute, 'description'>>) =>
        send<T.Compute>('PUT', `/computes/${part(name)}`, change),
      remove: (name: string) => send('DELETE', `/computes/${part(name)}`),
      makeDefault: (name: string) => send('PUT', `/computes/${part(name)}/default`),
    },
    storage: {
      get: (limit = 50) => read<T.Storage>('/storage', { limit }),
      of: (kind: T.StorageKind | 'pipeline', id: string) => read<T.StorageUse>(`/storage/${kind}/${part(id)}`),
      sweep: () => send<{ files: number; bytes: number }>('POST', '/storage/sweep'),
    },
    system: {
      get: () => read<T.SystemFacts>('/system'),
    },
  };
}

export type Api = ReturnType<typeof createApi>;

const CONTEXT = Symbol('api');
export const provideApi = (api: Api): Api => setContext(CONTEXT, api);
/** The server, in a component. Call it while the component starts. */
export const useApi = (): Api => getContext<Api>(CONTEXT);
