import { mkdirSync } from 'node:fs';
import type { Effect, OnnxRunner, RunContext, Trainer, UnsupervisedTrainer } from '#nodes/kit/context.ts';
import type { AnyNode } from '#nodes/kit/define.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import type { Table } from '#nodes/kit/table.ts';
import type { ArtifactFile, StepSpec } from '../messages.ts';
import { download } from './download.ts';
import type { DuckTable } from './duck-table.ts';
import { readFileTable } from './read-file.ts';
import { fetchFile, type StepConnections } from './step-connections.ts';
import { readBatches, writeBatches } from './table-batches.ts';
import type { Workbench } from './workbench.ts';

export interface Reporter {
  log(level: 'info' | 'warning' | 'error', message: string): void;
  progress(fraction: number, message: string): void;
  metric(name: string, value: number | null, iteration: number): void;
}

/** What a step takes from outside of its spec. */
export interface Toolbox {
  trainer(learner: string): Promise<Trainer>;
  unsupervisedTrainer(learner: string): Promise<UnsupervisedTrainer>;
  onnx(threads: number): Promise<OnnxRunner>;
}

const DOWNLOAD_BYTES = 2 * 2 ** 30;
const DOWNLOAD_MILLISECONDS = 10 * 60_000;

export interface StepWork {
  readonly spec: StepSpec;
  readonly definition: AnyNode;
  readonly workbench: Workbench;
  readonly connections: StepConnections;
  readonly reporter: Reporter;
  readonly toolbox: Toolbox;
  readonly signal: AbortSignal;
  /** Tables handed out so far, with the artifact that each is. */
  readonly known: Map<unknown, ArtifactFile>;
  readonly effects: Effect[];
}

/** The key of a dataset in `StepSpec.datasets`: `name@version` of the version that the run pinned, or `name@latest`. */
const datasetOf = ({ datasets }: StepSpec, name: string, version: number | null): ArtifactFile | undefined =>
  datasets[`${name}@${version ?? 'latest'}`] ?? datasets[name];

/** A file with at least the columns of a table. */
const fileWith = (table: DuckTable): string | Promise<string> => ('path' in table.relation ? table.relation.path : table.file());

function scratchOf({ scratchFolder }: StepSpec): string {
  mkdirSync(scratchFolder, { recursive: true, mode: 0o700 });
  return scratchFolder;
}

/** All that the run of a node may use. */
export function stepContext({ spec, definition, workbench, connections, reporter, toolbox, signal, known, effects }: StepWork): RunContext {
  const openKnown = (artifact: ArtifactFile): Table => {
    if (artifact.meta.kind !== 'table') throw new NodeError('data_missing', 'This asset is no table.');
    const table = workbench.openArtifact(artifact);
    known.set(table, artifact);
    return table;
  };
  // The name tells the format, and the path in the store does not show it.
  const names = new Map(Object.values(spec.files).map(({ path, name }) => [path, name]));
  return {
    signal,
    threads: spec.threads,
    get scratch() {
      return scratchOf(spec);
    },
    log: (message) => reporter.log('info', message),
    progress: (fraction, message = '') => reporter.progress(Math.min(1, Math.max(0, fraction)), message),
    metric: (name, value, iteration) => reporter.metric(name, Number.isFinite(value) ? value : null, iteration),
    table: (schema, columns) => workbench.table(schema, columns),
    beside: (table, columns, schema) => workbench.beside(table, columns, schema),
    sideBySide: (tables, schema) => workbench.sideBySide(tables, schema),
    query: (sql, inputs, schema) => workbench.query(sql, inputs, schema),
    rows: (sql, inputs) => workbench.rows(sql, inputs),
    only: (table, names) => workbench.only(table, names),
    async readFile(path, options) {
      const { table, notes } = await readFileTable(workbench, path, options, { scratch: scratchOf(spec), signal, name: names.get(path) });
      for (const note of notes) reporter.log('warning', note);
      return table;
    },
    async download(url) {
      const { allowedHosts } = spec;
      const file = await download(url, {
        folder: scratchOf(spec),
        allowedHosts,
        maximumBytes: DOWNLOAD_BYTES,
        timeoutMilliseconds: DOWNLOAD_MILLISECONDS,
        signal,
      });
      names.set(file.path, file.name);
      return file;
    },
    connection: (name) => connections.open(name),
    async fetch(connection, path) {
      const file = await fetchFile(connection, path, scratchOf(spec), signal);
      names.set(file.path, file.name);
      return file;
    },
    collect: (rows) => workbench.make((path, session) => writeBatches(session, rows, path, signal)),
    batches: (table, batchRows) =>
      readBatches(async () => ({ path: await fileWith(await workbench.stored(table)), session: await workbench.session() }), table.schema, batchRows),
    parquet: async (table) => (await workbench.stored(table)).file(),
    kept: spec.kept ? openKnown(spec.kept) : null,
    onnx: {
      open: async (...request) => (await toolbox.onnx(spec.threads)).open(...request),
      apply: async (...request) => (await toolbox.onnx(spec.threads)).apply(...request),
    },
    async dataset(name, version) {
      const artifact = datasetOf(spec, name, version);
      if (!artifact)
        throw new NodeError('data_missing', `There is no dataset “${name}”${version === null ? '' : `, version ${version}`}.`, { param: 'dataset' });
      return openKnown(artifact);
    },
    async file(id) {
      const file = spec.files[id];
      if (!file) throw new NodeError('data_missing', 'The file is not in this workspace any more. Upload it again.', { param: 'file' });
      return file;
    },
    trainer: (learner) => toolbox.trainer(learner),
    unsupervisedTrainer: (learner) => toolbox.unsupervisedTrainer(learner),
    effect(effect) {
      if (!(effect.input in definition.inputs)) throw new Error(`The effect ${effect.type} names no input: "${effect.input}".`);
      effects.push(effect);
    },
  };
}
