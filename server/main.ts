import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { join, resolve } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import pino, { type Logger } from 'pino';
import type { Catalog } from '#nodes/kit/define.ts';
import { createApp } from './app.ts';
import { Artifacts } from './assets/artifacts.ts';
import { PlainTables } from './assets/plain-tables.ts';
import { DatasetVersions } from './assets/dataset-versions.ts';
import { Datasets } from './assets/datasets.ts';
import { Files } from './assets/files.ts';
import { PipelineComments } from './assets/pipeline-comments.ts';
import { PipelineRooms } from './assets/pipeline-rooms.ts';
import { PipelineVersions } from './assets/pipeline-versions.ts';
import { Pipelines } from './assets/pipelines.ts';
import { ResumableUploads } from './assets/resumable-uploads.ts';
import { Samples } from './assets/samples.ts';
import { Storage } from './assets/storage.ts';
import { TableComparisons } from './assets/table-comparisons.ts';
import { Access, ensureWorkspace } from './auth/access.ts';
import { isServerPath, LOOPBACK_NAMES } from './auth/guard.ts';
import { SecretBox } from './auth/secrets.ts';
import { Computes } from './compute/computes.ts';
import { LoadHistory } from './compute/load-history.ts';
import { localComputes } from './compute/local.ts';
import { Connections } from './connections/connections.ts';
import { openDatabase } from './db/client.ts';
import { lockDataFolder } from './db/lock.ts';
import { keepWalSmall } from './db/wal.ts';
import { readEnvironment, type Environment } from './env.ts';
import { chooseConfinement } from './executor/confinement/choose.ts';
import { forgetOldKeys } from './executor/old-keys.ts';
import { ProcessRegistry } from './executor/process-registry.ts';
import { saveDatasetEffect, type OnDatasetSaved } from './executor/save-dataset.ts';
import { QueryChecks } from './executor/query-checks.ts';
import { Runs } from './executor/runs.ts';
import { StepPool } from './executor/step-pool.ts';
import { WorkspaceAssets } from './executor/workspace-assets.ts';
import { systemClock, type Clock } from './scheduler/clock.ts';
import { Metrics } from './metrics.ts';
import { OpenRequests } from './open-requests.ts';
import { Automation } from './scheduler/automation.ts';
import { Backfills } from './scheduler/backfills.ts';
import { FileWatch } from './scheduler/file-watch.ts';
import { hourly } from './scheduler/hourly.ts';
import { Schedules } from './scheduler/schedules.ts';
import { Scheduler } from './scheduler/scheduler.ts';
import { lastRunStartedBy } from './scheduler/last-run.ts';
import { ScoringDoor } from './routes/scoring.ts';
import { Callbacks } from './pipeline-endpoints/callbacks.ts';
import { Calls } from './pipeline-endpoints/calls.ts';
import { PipelineEndpoints } from './pipeline-endpoints/pipeline-endpoints.ts';
import type { Services } from './services.ts';
import { Mailer } from './mail/mailer.ts';
import { Monitoring } from './monitoring/monitoring.ts';
import { Deployments } from './serving/deployments.ts';
import { LoadTests } from './serving/load-tests.ts';
import { Models } from './models/registry.ts';
import { ModelUploads } from './models/uploads.ts';
import { registerModelEffect } from './models/register-version.ts';
import { endStalledBodies } from './stalled-bodies.ts';
import { Disk } from './store/disk.ts';
import { Store } from './store/store.ts';

export interface StartOptions {
  /** False: no port is opened; requests come through `handle`. */
  readonly listen?: boolean;
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port?: number;
  readonly dataFolder?: string;
  readonly clock?: Clock;
  readonly environment?: Partial<Environment>;
  readonly log?: Logger;
  /** False: schedules start nothing and endpoints stay down, for a command that uses the folder for a moment. */
  readonly schedule?: boolean;
  /** Node types; by default all that come with the product. */
  readonly catalog?: Catalog;
}

export interface Running {
  readonly url: string;
  /** A fresh one-time link; each call ends the one before. */
  signInLink(): string;
  readonly hasSession: boolean;
  readonly services: Services;
  /** That came through the port so far. */
  readonly requests: number;
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Whether the path is the server's and not a page's. */
  owns(url: string): boolean;
  /** Takes nothing new, lets what runs end, and closes all. */
  stop(): Promise<void>;
}

export class HostRefused extends Error {
  override readonly name = 'HostRefused';
}

const DRAIN = 10_000;
const STALLED = 120_000;
export const VERSION = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;

/**
 * Puts the parts together and starts them.
 * @throws HostRefused for an address that others could reach, EnvironmentError, DataFolderInUse, DatabaseRefused
 */
export async function start(options: StartOptions = {}): Promise<Running> {
  const environment: Environment = { ...readEnvironment(), ...options.environment };
  const host = options.host ?? environment.host;
  const port = options.port ?? environment.port;
  const dataFolder = resolve(options.dataFolder ?? environment.dataFolder);
  if (!LOOPBACK_NAMES.includes(host)) {
    throw new HostRefused(
      `Modelwright does not bind ${host}: there are no accounts yet, so whoever reaches the port could try to sign in. Use 127.0.0.1, and an SSH tunnel to work from another machine.`,
    );
  }
  const log =
    options.log ??
    pino({ level: environment.logLevel, redact: ['req.headers.authorization', 'req.headers.cookie'] }, pino.destination({ dest: 2, sync: true }));
  const clock = options.clock ?? systemClock;

  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const lock = lockDataFolder(dataFolder);
  const undo: (() => unknown)[] = [() => lock.release()];
  try {
    const catalogReady: Promise<Catalog> = options.catalog ? Promise.resolve(options.catalog) : import('#nodes/catalog.ts').then((module) => module.catalog);
    const database = openDatabase(join(dataFolder, 'modelwright.sqlite'));
    undo.push(() => database.$client.close());
    undo.push(keepWalSmall(database.$client, { onStuck: (bytes) => log.warn({ bytes }, 'a long reader keeps the write-ahead log from being emptied') }));
    const store = new Store(join(dataFolder, 'store'));
    const disk = new Disk(dataFolder, environment.diskReserveBytes);
    const uploadFolder = join(dataFolder, 'uploads');
    mkdirSync(uploadFolder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(uploadFolder)) rmSync(join(uploadFolder, name), { recursive: true, force: true });
    const confinement = await chooseConfinement({ dataFolder });
    undo.push(() => confinement.close());
    const pool = new StepPool({
      confinement,
      slots: environment.slots,
      warm: 1,
      memoryBytes: environment.stepMemoryBytes,
      folder: join(dataFolder, 'processes'),
      registry: new ProcessRegistry(join(dataFolder, 'processes.json')),
      onCrash: (pid, lastWords) => log.warn({ pid, lastWords }, 'a step process ended'),
    });
    undo.push(() => pool.close());

    const catalog = await catalogReady;
    const access = new Access(database, clock, ensureWorkspace(database, clock.now()));
    const box = SecretBox.open(dataFolder);
    const { allowedHosts, allowedFolders } = environment;
    const connections = new Connections({ db: database, box, pool, clock, allowedHosts, allowedFolders });
    const pipelines = new Pipelines(database, catalog, clock);
    const tables = new PlainTables(store, pool);
    const assetParts = { db: database, store, pool, clock };
    const automation = new Automation(database, clock);
    const datasetSaved: OnDatasetSaved = ({ workspaceId, name, version, runId }) =>
      automation.emit({ workspaceId, kind: 'dataset', subject: name, data: { dataset: name, version }, runId });
    const datasets = new Datasets({ ...assetParts, onSaved: datasetSaved });
    const modelParts = { db: database, store, catalog };
    const models = new Models(modelParts, clock);
    const deployments = new Deployments({
      ...assetParts,
      tables,
      catalog,
      models,
      box,
      log,
      folder: join(dataFolder, 'inference'),
      threads: environment.threads > 2 ? 2 : 1,
    });
    undo.push(() => deployments.close());
    const loadTests = new LoadTests({ deployments, clock });
    undo.push(() => loadTests.close());
    const now = (): number => clock.now();
    const scratchFolder = join(dataFolder, 'scratch');
    const computes = new Computes({
      db: database,
      adapters: { local: localComputes(pool, scratchFolder) },
      local: { slots: environment.slots, threads: environment.threads, memoryBytes: environment.stepMemoryBytes },
      now,
    });
    const queries = new QueryChecks(pool);
    const runs = new Runs({
      db: database,
      store,
      computes,
      catalog,
      queries,
      effects: {
        'register-model': registerModelEffect(modelParts, now),
        'save-dataset': saveDatasetEffect(database, tables, now, datasetSaved),
        deploy: (effect, context) => deployments.deployFromRun(effect, context),
      },
      scratchFolder,
      allowedHosts,
      connections,
      disk,
      now,
      onRunEnded: (workspaceId, runId, status) => automation.runEnded(workspaceId, runId, status),
      onError: (error, runId) => log.error({ err: error, runId }, 'a run met an error of the server'),
      onEnded: (runId) => void models.complete(runId).catch((error: unknown) => log.error({ err: error, runId }, 'the figures of a model could not be kept')),
      onDiskLost: (error) => {
        log.fatal({ err: error }, 'the disk refused what was written; the server ends, and takes up its runs again at the next start');
        process.exit(1);
      },
    });
    const files = new Files(assetParts);
    const resumableUploads = new ResumableUploads({ folder: join(dataFolder, 'unfinished-uploads'), limit: environment.uploadBytes, disk, clock, files });
    undo.push(resumableUploads.keepSwept((error) => log.error({ err: error }, 'unfinished uploads could not be swept')));
    const artifacts = new Artifacts(database, store, pool, tables);
    const comparisons = new TableComparisons(artifacts, pool);
    const loadHistory = new LoadHistory({ computes, counts: () => runs.computeCounts(), now: Date.now });
    undo.push(() => loadHistory.stop());
    const lastRun = lastRunStartedBy(database, runs);
    const schedules = new Schedules(database, clock, lastRun);
    const startRun = runs.start.bind(runs);
    const monitoring = new Monitoring({
      ...assetParts,
      box,
      log,
      tables,
      deployments,
      automation,
      allowedHosts,
      mailer: environment.mail && new Mailer(environment.mail),
      publicUrl: () => environment.publicUrl ?? url,
      startRun: async (workspaceId, pipelineId, by) => (await startRun({ workspaceId, pipelineId, startedBy: { kind: 'trigger', ...by } })).id,
    });
    undo.push(() => monitoring.close());
    const backfills = new Backfills(database, clock, log);
    const scheduler = new Scheduler({
      db: database,
      clock,
      log,
      start: startRun,
      cancel: runs.cancel.bind(runs),
      automation,
      backfills,
      files: new FileWatch({ db: database, clock, connections, automation }),
    });
    schedules.changed = () => scheduler.look();
    const callbacks = new Callbacks({ db: database, clock, log, box, allowedHosts, summary: runs.summary.bind(runs) });
    let ready = false;
    let url = `http://${host}:${port}`;

    const services: Services = {
      environment: { ...environment, dataFolder, host, port },
      version: VERSION,
      log,
      clock,
      catalog,
      database,
      store,
      disk,
      storage: new Storage({ db: database, store, disk }),
      pool,
      computes,
      connections,
      loadHistory,
      access,
      workspaceAssets: new WorkspaceAssets(database),
      pipelines,
      pipelineVersions: new PipelineVersions(database, pipelines, clock),
      pipelineComments: new PipelineComments(database, pipelines, clock),
      rooms: new PipelineRooms(),
      samples: new Samples(pipelines, datasets),
      runs,
      queries,
      artifacts,
      datasets,
      comparisons,
      datasetVersions: new DatasetVersions({ db: database, catalog, datasets, comparisons }),
      files,
      resumableUploads,
      models,
      modelUploads: new ModelUploads({ files, models, store, pool }),
      deployments,
      loadTests,
      monitoring,
      metrics: new Metrics({ runs, deployments }),
      schedules,
      scheduler,
      backfills,
      automation,
      pipelineEndpoints: new PipelineEndpoints({ db: database, clock, lastRun, box }),
      calls: new Calls({ db: database, clock, box, start: startRun, replay: runs.replay.bind(runs) }),
      callbacks,
      uploadFolder,
      ready: () => ready,
    };
    const app = createApp(services);
    const pages = getRequestListener(app.fetch, { overrideGlobalObjects: false });
    const door = new ScoringDoor(services);
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      if (!door.take(request, response)) void pages(request, response);
    };
    await runs.recover();
    const background = options.schedule !== false;
    const endpointsUp = background ? deployments.start() : Promise.resolve();
    if (background) {
      const forget = async (): Promise<void> => {
        try {
          automation.prune();
          await forgetOldKeys(database, clock.now());
        } catch (error) {
          log.error({ err: error }, 'what is old could not be forgotten');
        }
      };
      undo.push(hourly(clock, forget));
      automation.changed = () => {
        scheduler.look();
        callbacks.look();
      };
      scheduler.start();
      callbacks.look();
    }
    loadHistory.start();
    const server = options.listen === false ? null : await listen(listener, host, port);
    const requests = server && new OpenRequests(server);
    ready = true;
    const address = server?.address();
    url = `http://${host.includes(':') ? `[${host}]` : host}:${typeof address === 'object' && address ? address.port : port}`;

    if (server) writeFileSync(join(dataFolder, 'server.url'), url, { mode: 0o600 });

    let stopping: Promise<void> | null = null;
    const stop = async (): Promise<void> => {
      ready = false;
      const closed = server && new Promise<void>((done) => server.close(() => done()));
      await scheduler.stop();
      await callbacks.stop();
      await Promise.all([runs.drain(DRAIN), requests?.answered(DRAIN)]);
      server?.closeAllConnections();
      await closed;
      await endpointsUp;
      for (const step of undo.toReversed()) await step();
    };
    return {
      url,
      signInLink: () => `${url}/sign-in#token=${access.newSignInToken()}`,
      get hasSession() {
        return access.hasSession();
      },
      services,
      get requests() {
        return requests?.come ?? 0;
      },
      handle: listener,
      owns: (path) => isServerPath(path.split('?')[0]!),
      stop: () => (stopping ??= stop()),
    };
  } catch (error) {
    for (const step of undo.toReversed()) await step();
    throw error;
  }
}

/** Opens the port. Headers that come slowly and bodies that stall are cut off; idle connections are kept for a while. */
async function listen(listener: (request: IncomingMessage, response: ServerResponse) => unknown, host: string, port: number): Promise<Server> {
  const { createServer } = await import('node:http');
  const server = createServer(
    { headersTimeout: 20_000, requestTimeout: 0, keepAliveTimeout: 30_000, connectionsCheckingInterval: 5_000, maxHeaderSize: 32_768 },
    (request, response) => void listener(request, response),
  );
  endStalledBodies(server, STALLED, systemClock);
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(port, host, done);
  });
  return server;
}
