import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Effect } from '#nodes/kit/context.ts';
import type { AnyNode, AnyRun, Port } from '#nodes/kit/define.ts';
import type { Kind, Learner, Model, Transform } from '#nodes/kit/kinds.ts';
import { runs } from '#nodes/runs.server.ts';
import { memoryTable, type Table } from '#nodes/kit/table.ts';
import type { ConnectionSpec } from '#server/connections/open.ts';
import type { ArtifactFile, ProducedArtifact, StepSpec } from '#server/executor/messages.ts';
import { DuckEngine } from '#server/executor/runtime/duck-engine.ts';
import { runStep } from '#server/executor/runtime/run-step.ts';
import type { Reporter, Toolbox } from '#server/executor/runtime/step-context.ts';
import { createToolbox } from '#server/executor/runtime/toolbox.ts';
import { produce, valueOf } from '#server/executor/runtime/values.ts';
import { Workbench } from '#server/executor/runtime/workbench.ts';

export interface RunNodeOptions {
  readonly signal?: AbortSignal;
  readonly run?: () => Promise<{ default: AnyRun }>;
  readonly toolbox?: Toolbox;
  readonly datasets?: Readonly<Record<string, Table>>;
  readonly files?: StepSpec['files'];
  readonly allowedHosts?: readonly string[];
  /** By default `examples`, a folder with the file cities/cities.csv. */
  readonly connections?: StepSpec['connections'];
  readonly kept?: Table;
  readonly threads?: number;
}

export interface NodeRun {
  /** By port: tables in memory with the true schema, other kinds as values. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests know the kind of each port
  readonly outputs: Readonly<Record<string, any>>;
  readonly artifacts: Readonly<Record<string, ProducedArtifact>>;
  readonly effects: readonly Effect[];
  readonly log: readonly string[];
  readonly metrics: readonly { name: string; value: number | null; iteration: number }[];
}

const MEMORY = 1 << 30;
const never = new AbortController().signal;

/** All files of a test process; the runs themselves see only their own. */
const root = mkdtempSync(join(tmpdir(), 'modelwright-nodes-'));
process.on('exit', () => rmSync(root, { recursive: true, force: true }));
/** Writes inputs and reads outputs back, so that only the run itself costs a database. */
const shared = new Workbench({ outputFolder: root, scratchFolder: root, memoryBytes: MEMORY, files: [], signal: never });
/** As in a step process, the runs take one database in turn. */
const engine = new DuckEngine(join(root, 'tables'));

/**
 * Runs a node type in this process just as a step process does: inputs become artifact files, outputs are written, hashed and read back.
 * Throws what the run throws.
 */
export async function runNode(
  definition: AnyNode,
  inputs: Readonly<Record<string, unknown>> = {},
  params: Readonly<Record<string, unknown>> = {},
  options: RunNodeOptions = {},
): Promise<NodeRun> {
  const folder = await mkdtemp(join(root, 'run-'));
  const [inputFolder, outputFolder, scratchFolder] = ['in', 'out', 'scratch'].map((name) => join(folder, name)) as [string, string, string];
  for (const each of [inputFolder, outputFolder, scratchFolder]) await mkdir(each);
  const log: string[] = [];
  const metrics: { name: string; value: number | null; iteration: number }[] = [];
  const reporter: Reporter = {
    log: (_level, message) => void log.push(message),
    progress: () => undefined,
    metric: (name, value, iteration) => void metrics.push({ name, value, iteration }),
  };
  try {
    const kinds = Object.fromEntries(Object.entries(definition.inputs as Readonly<Record<string, Port>>).map(([port, { kind }]) => [port, kind]));
    const present = Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined));
    const tables = Object.fromEntries(Object.keys(options.datasets ?? {}).map((name) => [name, 'table' as const]));
    const spec: StepSpec = {
      attemptId: 'test',
      stepId: 'test',
      node: { id: 'node', type: definition.type, version: definition.version },
      params,
      inputs: await toArtifacts(present, kinds, inputFolder),
      datasets: await toArtifacts(options.datasets ?? {}, tables, inputFolder),
      files: options.files ?? {},
      outputFolder,
      scratchFolder,
      threads: options.threads ?? 1,
      memoryBytes: MEMORY,
      allowedHosts: options.allowedHosts ?? [],
      connections: options.connections ?? { examples: await exampleFolder(join(folder, 'examples')) },
      kept: options.kept && (await toArtifacts({ kept: options.kept }, { kept: 'table' }, inputFolder)).kept,
    };
    const signal = options.signal ?? never;
    const run = options.run ?? (Object.hasOwn(runs, definition.type) ? runs[definition.type] : undefined);
    const { outputs, effects } = await runStep(spec, { definition, run, toolbox: options.toolbox ?? createToolbox(), engine, reporter, signal });
    const artifacts = Object.fromEntries(outputs.map((artifact) => [artifact.port, artifact]));
    return { outputs: await readBack(outputs), artifacts, effects, log, metrics };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A connection for the cases of node types that need one. */
async function exampleFolder(folder: string): Promise<ConnectionSpec> {
  await mkdir(join(folder, 'cities'), { recursive: true });
  await writeFile(join(folder, 'cities/cities.csv'), 'city,people\nOslo,717000\nRome,2750000\n');
  return { kind: 'folder', settings: { folder }, secrets: {}, allowedHosts: [], allowedFolders: [folder] };
}

async function toArtifacts(
  values: Readonly<Record<string, unknown>>,
  kinds: Readonly<Record<string, Kind>>,
  folder: string,
): Promise<Record<string, ArtifactFile>> {
  const artifacts: Record<string, ArtifactFile> = {};
  for (const [port, value] of Object.entries(values)) {
    const made = await produce(port, kinds[port] ?? 'table', value, new Map(), shared);
    const path = join(folder, basename(made.path));
    await rename(made.path, path);
    artifacts[port] = { ...made, path };
  }
  return artifacts;
}

async function readBack(outputs: readonly ProducedArtifact[]): Promise<Record<string, Table | Learner | Model | Transform | unknown>> {
  const values: Record<string, unknown> = {};
  for (const artifact of outputs) {
    const value = await valueOf(artifact, shared);
    values[artifact.port] = artifact.kind === 'table' ? memoryTable((value as Table).schema, await (value as Table).read()) : value;
  }
  return values;
}
