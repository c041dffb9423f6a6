import { type Assets, type Catalog } from '#nodes/kit/define.ts';
import { OPEN_TABLE, type TableSchema } from '#nodes/kit/table.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { parseParams } from '#pipelines/node-params.ts';
import type { Connection, ConnectionKind, Dataset, DatasetVersion, RegisteredModel } from '../../api-types.ts';
import type { Api } from '../../api.ts';
import { QueryAsker } from './query-asker.ts';

/** What the workspace knows without running: its datasets, uploaded files, connections and queries, read as the document needs them. */
export class WorkspaceAssets {
  datasets = $state.raw<readonly Dataset[]>([]);
  models = $state.raw<readonly RegisteredModel[]>([]);
  connections = $state.raw<readonly Connection[]>([]);
  connectionKinds = $state.raw<readonly ConnectionKind[]>([]);
  /** A new object whenever something became known, so that propagation looks again. */
  known = $state.raw<Assets>({ dataset: () => undefined, file: () => undefined });

  readonly #api: Api;
  readonly #versions = new Map<string, DatasetVersion>();
  readonly #files = new Map<string, TableSchema | null>();
  readonly #asked = new Set<string>();
  readonly #queries: QueryAsker;
  #read = false;

  constructor(api: Api) {
    this.#api = api;
    this.#queries = new QueryAsker(
      (question, signal) => api.queries.describe(question, signal),
      () => this.#publish(),
    );
    this.#publish();
  }

  /** Whether the lists were read. */
  get read(): boolean {
    return this.#read;
  }

  /** Reads the lists of datasets, models and connections anew. */
  async load(): Promise<void> {
    const [page, models, connections, kinds] = await Promise.all([
      this.#api.datasets.list({ limit: 200 }),
      this.#api.models.list({ limit: 200 }),
      this.#api.connections.list(),
      this.#api.connections.kinds(),
    ]);
    this.connections = connections.items;
    this.connectionKinds = kinds.items;
    this.#read = true;
    this.models = models.items;
    this.datasets = page.items;
    for (const { name, latest } of page.items) this.#versions.set(`${name}@${latest.version}`, latest);
    this.#publish();
  }

  /** Asks for versions and files that the document names and that are not known yet. */
  async ensure(document: PipelineDocument, catalog: Catalog): Promise<void> {
    const jobs: Promise<void>[] = [];
    for (const node of document.nodes) {
      const definition = catalog[node.type];
      const params = definition?.assets && parseParams(definition, node).params;
      if (!definition?.assets || !params) continue;
      const { datasets = [], files = [] } = definition.assets(params);
      for (const { name, version } of datasets)
        if (version !== null && !this.#versions.has(`${name}@${version}`)) jobs.push(this.#once(`dataset:${name}`, () => this.#loadVersions(name)));
      for (const id of files) if (!this.#files.has(id)) jobs.push(this.#once(`file:${id}`, () => this.#loadFile(id)));
    }
    if (jobs.length === 0) return;
    await Promise.all(jobs);
    this.#publish();
  }

  /** Tells of a file that was just uploaded. */
  addFile(id: string, schema: TableSchema | null): void {
    this.#files.set(id, schema);
    this.#publish();
  }

  versionOf(name: string, version: number | null): DatasetVersion | undefined {
    return version === null ? this.datasets.find((each) => each.name === name)?.latest : this.#versions.get(`${name}@${version}`);
  }

  async #loadVersions(name: string): Promise<void> {
    const { versions } = await this.#api.datasets.get(name);
    for (const version of versions) this.#versions.set(`${name}@${version.version}`, version);
  }

  async #loadFile(id: string): Promise<void> {
    this.#files.set(id, (await this.#api.files.get(id)).schema);
  }

  /** An asset that the server does not have stays unknown; the node then says so. */
  async #once(key: string, load: () => Promise<void>): Promise<void> {
    if (this.#asked.has(key)) return;
    this.#asked.add(key);
    await load().catch(() => undefined);
  }

  /** The kind of a connection, which tells what it can do; null where there is none of that name. */
  #kindOf(name: string): ConnectionKind | null {
    const connection = this.connections.find((each) => each.name === name);
    return this.connectionKinds.find(({ kind }) => kind === connection?.kind) ?? null;
  }

  #publish(): void {
    this.known = {
      dataset: (name, version) => this.versionOf(name, version)?.schema,
      file: (id) => (this.#files.has(id) ? (this.#files.get(id) ?? OPEN_TABLE) : undefined),
      query: this.#queries.lookup,
      ...(this.#read ? { connection: (name: string) => this.#kindOf(name) } : {}),
    };
  }
}
