import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Catalog } from '#nodes/kit/define.ts';
import type { OpenAdapter } from '#server/compute/adapter.ts';
import { Computes } from '#server/compute/computes.ts';
import { localComputes } from '#server/compute/local.ts';
import { openDatabase, type Database } from '#server/db/client.ts';
import { newId } from '#server/db/ids.ts';
import { ProcessRegistry } from '#server/executor/process-registry.ts';
import { registerModelEffect } from '#server/models/register-version.ts';
import { saveDatasetEffect } from '#server/executor/save-dataset.ts';
import { Runs, type RunDetails, type RunsOptions, type StartRequest } from '#server/executor/runs.ts';
import { PlainTables } from '#server/assets/plain-tables.ts';
import { StepPool } from '#server/executor/step-pool.ts';
import { Store } from '#server/store/store.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import type { RunEvent } from '#pipelines/events.ts';
import { testCatalog } from './test-nodes.ts';

export const fakeEntry = fileURLToPath(new URL('./fake-process.ts', import.meta.url));

export interface TestServer {
  readonly folder: string;
  readonly db: Database;
  readonly store: Store;
  readonly pool: StepPool;
  readonly computes: Computes;
  readonly runs: Runs;
  readonly workspaceId: string;
  readonly errors: unknown[];
  /** Saves a pipeline; with an id, a new revision of it. */
  save(document: PipelineDocument, id?: string): string;
  /** Starts a run of a saved pipeline and waits for its end. */
  run(pipelineId: string, more?: Partial<StartRequest>): Promise<RunDetails>;
  start(pipelineId: string, more?: Partial<StartRequest>): Promise<{ id: string; number: number }>;
  finish(id: string): Promise<RunDetails>;
  events(id: string): RunEvent[];
  /** Waits for an event that the test asks for. */
  until(id: string, test: (event: RunEvent) => boolean): Promise<RunEvent>;
  /** Stops at once and leaves the data folder as it is. */
  leave(): Promise<void>;
  /** Stops at once and removes the data folder. */
  close(): Promise<void>;
}

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'modelwright-test-'));

/** An executor on a data folder of its own; `entry` is the program of its step processes, `real` the true one. */
export async function testServer(
  options: {
    folder?: string;
    entry?: string | 'real';
    slots?: number;
    catalog?: Catalog;
    killAfterMilliseconds?: number;
    adapters?: Readonly<Record<string, OpenAdapter>>;
    /** Step processes that stand ready from the start; by default all. */
    warm?: number;
    /** Told of the database before anything uses it. */
    opened?: (db: Database) => void;
  } & Partial<RunsOptions> = {},
): Promise<TestServer> {
  const {
    folder = temporaryFolder(),
    entry = fakeEntry,
    slots = 2,
    catalog = testCatalog,
    killAfterMilliseconds = 200,
    adapters = {},
    warm,
    opened,
    ...more
  } = options;
  const db = openDatabase(join(folder, 'modelwright.sqlite'));
  opened?.(db);
  const { $client } = db;
  $client.prepare(`INSERT INTO workspaces (id, name, created_at) VALUES ('w', 'Test', 0) ON CONFLICT DO NOTHING`).run();
  const store = new Store(join(folder, 'store'));
  const memoryBytes = 512 * 2 ** 20;
  const pool = new StepPool({
    slots,
    warm,
    memoryBytes,
    folder: join(folder, 'processes'),
    entry: entry === 'real' ? undefined : entry,
    killAfterMilliseconds,
    registry: new ProcessRegistry(join(folder, 'processes.json')),
  });
  const errors: unknown[] = [];
  const scratchFolder = join(folder, 'scratch');
  const computes = new Computes({
    db,
    adapters: { local: localComputes(pool, scratchFolder), ...adapters },
    local: { slots, threads: 1, memoryBytes },
    now: Date.now,
  });
  const runs = new Runs({
    db,
    store,
    computes,
    catalog,
    scratchFolder,
    effects: {
      'register-model': registerModelEffect({ db, store, catalog }),
      'save-dataset': saveDatasetEffect(db, new PlainTables(store, pool)),
      deploy: () => {
        throw new Error('This test has no endpoints.');
      },
    },
    onError: (error) => errors.push(error),
    ...more,
  });
  await runs.recover();
  const workspaceId = 'w';
  const server: TestServer = {
    folder,
    db,
    store,
    pool,
    computes,
    runs,
    workspaceId,
    errors,
    save: (document, id) => {
      const now = Date.now();
      if (id) {
        $client.prepare('UPDATE pipelines SET document = ?, revision = revision + 1, updated_at = ? WHERE id = ?').run(JSON.stringify(document), now, id);
        return id;
      }
      const made = newId();
      $client
        .prepare(
          `INSERT INTO pipelines (id, workspace_id, name, description, kind, revision, document, created_at, updated_at) VALUES (?, 'w', ?, '', 'training', 1, ?, ?, ?)`,
        )
        .run(made, document.name, JSON.stringify(document), now, now);
      return made;
    },
    start: (pipelineId, request) => runs.start({ workspaceId, pipelineId, startedBy: { kind: 'person', name: 'Test' }, ...request }),
    finish: async (id) => {
      await runs.ended(id);
      return runs.get(workspaceId, id);
    },
    run: async (pipelineId, request) => server.finish((await server.start(pipelineId, request)).id),
    events: (id) =>
      ($client.prepare('SELECT seq, at, data FROM run_events WHERE run_id = ? ORDER BY seq').all(id) as { seq: number; at: number; data: string }[]).map(
        ({ seq, at, data }) => ({ ...JSON.parse(data), seq, at }) as RunEvent,
      ),
    until: async (id, test) => {
      for await (const event of runs.subscribe(id, 0, new AbortController().signal)) if (test(event)) return event;
      throw new Error('The run ended without it.');
    },
    leave: async () => {
      await runs.drain(0);
      await pool.close();
      $client.close();
    },
    close: async () => {
      await server.leave();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return server;
}

export const statuses = (run: RunDetails): Record<string, string> => Object.fromEntries(run.steps.map((step) => [step.node, step.status]));
export const stepOf = (run: RunDetails, node: string): RunDetails['steps'][number] => run.steps.find((step) => step.node === node)!;
/** The nodes that were attempted, in order. */
export const journalOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);
