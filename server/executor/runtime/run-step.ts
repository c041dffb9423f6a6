import type { Effect } from '#nodes/kit/context.ts';
import type { AnyNode, AnyRun, ColumnQuery, Port } from '#nodes/kit/define.ts';
import { NO_ASSETS, wholeQuery } from '#nodes/kit/define.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import type { Kind } from '#nodes/kit/kinds.ts';
import { OPEN_TABLE, type TableSchema } from '#nodes/kit/table.ts';
import { WIDE, isWide, narrowed, selectInParts, type PartContext } from '#nodes/transform/query-in-parts.server.ts';
import type { ArtifactFile, ProducedArtifact, StepSpec } from '../messages.ts';
import { depthOf } from '../table-query.ts';
import { drawsNumbers } from './duck.ts';
import type { DuckEngine } from './duck-engine.ts';
import type { DuckTable } from './duck-table.ts';
import { StepConnections } from './step-connections.ts';
import { stepContext, type Reporter, type Toolbox } from './step-context.ts';
import { produce, specOf, valueOf } from './values.ts';
import { Workbench } from './workbench.ts';

export interface StepResult {
  readonly outputs: readonly ProducedArtifact[];
  readonly effects: readonly Effect[];
}

export interface StepHost {
  readonly definition: AnyNode | undefined;
  /** Loads the node's run; undefined for a node that is only SQL. */
  readonly run: (() => Promise<{ default: AnyRun }>) | undefined;
  readonly toolbox: Toolbox;
  readonly engine?: DuckEngine;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

type Values = Record<string, unknown>;

/**
 * Carries out one step: reads its inputs, runs its node, writes what comes out as files that are on disk for good, and describes them. Throws
 * NodeError for what people can mend, and what `failureOf` classifies.
 */
export async function runStep(spec: StepSpec, { definition, run, toolbox, engine, reporter, signal }: StepHost): Promise<StepResult> {
  if (!definition) throw new NodeError('node_unknown_type', `There is no node type “${spec.node.type}” here.`);
  const params = parseParams(definition, spec.params);
  const assets = [...Object.values(spec.inputs), ...Object.values(spec.datasets)].flatMap(({ path, sources = {} }) => [path, ...Object.values(sources)]);
  const connections = new StepConnections(spec, signal);
  const files = [...assets, ...(spec.kept ? [spec.kept.path] : []), ...Object.values(spec.files).map(({ path }) => path)];
  const workbench = new Workbench({ ...spec, files, threads: 1, engine, signal });
  try {
    const known = new Map<unknown, ArtifactFile>();
    const inputs: Values = {};
    for (const [port, artifact] of Object.entries(spec.inputs)) {
      const { kind } = portOf(definition.inputs, port);
      if (kind !== artifact.meta.kind) throw new NodeError('wire_kind', `“${port}” takes a ${kind}, but a ${artifact.meta.kind} came.`);
      inputs[port] = await valueOf(artifact, workbench);
      known.set(inputs[port], artifact);
    }
    for (const [port, { title, optional }] of Object.entries(definition.inputs as Readonly<Record<string, Port>>)) {
      if (!optional && inputs[port] === undefined) throw new NodeError('port_missing', `Nothing came in at “${title}”. Wire it.`);
    }
    const effects: Effect[] = [];
    const context = stepContext({ spec, definition, workbench, connections, reporter, toolbox, signal, known, effects });
    const specs = Object.fromEntries(Object.entries(spec.inputs).map(([port, { meta }]) => [port, specOf(meta)]));
    const promised = promise(definition, specs, params);
    const values = run
      ? await (await run()).default(inputs, params, context)
      : await runSql({ definition, specs, params, promised, lazyPorts: spec.lazyPorts, workbench, reporter }, inputs as Record<string, DuckTable>);
    signal.throwIfAborted();
    const outputs: ProducedArtifact[] = [];
    for (const [port, { kind, optional }] of Object.entries(definition.outputs as Readonly<Record<string, Port>>)) {
      if (values[port] === undefined && optional) continue;
      if (values[port] === undefined) throw new Error(`The run gave nothing at "${port}".`);
      outputs.push(await produce(port, kind as Kind, values[port], known, workbench));
    }
    signal.throwIfAborted();
    return { outputs, effects };
  } finally {
    await connections.close();
    await workbench.close();
  }
}

const portOf = (ports: Readonly<Record<string, Port>>, name: string): Port => {
  const port = ports[name];
  if (!port) throw new NodeError('wire_dangling', `There is no input “${name}”.`);
  return port;
};

function parseParams(definition: AnyNode, params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const parsed = definition.params.safeParse(params);
  if (parsed.success) return parsed.data as Record<string, unknown>;
  const [issue] = parsed.error.issues;
  const param = issue?.path[0] === undefined ? undefined : String(issue.path[0]);
  throw new NodeError('parameter_invalid', `${param ?? 'The parameters'}: ${issue?.message ?? 'not valid'}`, { param });
}

/** What `infer` promises for the true inputs. Its errors stop the step, unless they hang on assets, which only the server knows. */
function promise(definition: AnyNode, specs: Values, params: Record<string, unknown>): Record<string, TableSchema | undefined> {
  const { outputs, issues } = definition.infer(specs, params, NO_ASSETS);
  const wrong = definition.assets ? undefined : issues.find(({ level }) => level === 'error');
  if (wrong) throw new NodeError(wrong.code, wrong.message, { param: wrong.param });
  return outputs as Record<string, TableSchema | undefined>;
}

interface SqlWork {
  readonly definition: AnyNode;
  readonly specs: Values;
  readonly params: Record<string, unknown>;
  readonly promised: Record<string, TableSchema | undefined>;
  readonly lazyPorts?: readonly string[];
  readonly workbench: Workbench;
  readonly reporter: Reporter;
}

/** Tables with fewer cells, or with many columns, are written at once: that takes milliseconds, and equal results are then known as such. */
const LAZY_CELLS = 2_000_000;
/** Queries that stand one within another; each reader plans them anew. */
const DEEPEST = 8;

async function runSql(work: SqlWork, inputs: Record<string, DuckTable>): Promise<Values> {
  const { definition, specs, params, promised, lazyPorts = [], workbench } = work;
  if (!definition.sql) throw new Error(`The node type "${definition.type}" has neither a run nor SQL.`);
  const answers: Record<string, boolean | string | null> = {};
  for (const [name, sql] of Object.entries((definition.asks?.(specs, params) ?? {}) as Record<string, string>)) {
    const [row] = await workbench.rows(sql, await narrowed(inputs, sql, workbench));
    const [answer = null] = Object.values(row ?? {});
    answers[name] = typeof answer === 'number' ? String(answer) : answer;
  }
  const queries = Object.entries(definition.sql(specs, params, answers) as Record<string, string | ColumnQuery>);
  const tables = Object.values(inputs);
  const rowCount = Math.max(0, ...tables.map((table) => table.rowCount));
  const mayBeLazy = (port: string, { columns }: TableSchema): boolean =>
    lazyPorts.includes(port) && columns.length <= WIDE && rowCount * columns.length >= LAZY_CELLS;
  const deep = tables.some(({ query }) => query !== undefined && depthOf(query) >= DEEPEST);
  const outputs: Values = {};
  for (const [port, query] of queries) {
    const schema = promised[port] ?? OPEN_TABLE;
    if (typeof query !== 'string' && !schema.open && [...tables, { schema }].some(isWide)) {
      outputs[port] = await selectInParts(query, inputs, schema, partsOf(work));
      continue;
    }
    const sql = wholeQuery(query);
    const lazy = mayBeLazy(port, schema) && !deep && !Object.values(answers).includes(false) && !drawsNumbers(sql);
    outputs[port] = lazy
      ? await workbench.lazyQuery(sql, inputs, schema, definition.lazy === 'row-wise' ? rowCount : undefined)
      : await workbench.query(sql, inputs, schema, true);
  }
  return outputs;
}

/** What the parts of a wide result are made with. */
const partsOf = ({ workbench, reporter }: SqlWork): PartContext => ({
  query: (sql, inputs, schema) => workbench.query(sql, inputs, schema, true),
  only: (table, names) => workbench.only(table, names),
  sideBySide: (tables, schema) => workbench.sideBySide(tables, schema),
  progress: (fraction, message = '') => reporter.progress(fraction, message),
});
